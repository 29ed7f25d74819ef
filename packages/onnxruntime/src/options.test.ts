import { expect, it } from "vitest";

import { sessionOptionsOf } from "./options.ts";

it("keeps threads from spinning without losing what else the caller sets", () => {
  const extra = { session: { disable_prepacking: "1", intra_op: { thread_affinities: "1;2" } }, ep: {} };
  expect(sessionOptionsOf({ spinning: false, extra, intraOpNumThreads: 2 })).toMatchObject({
    intraOpNumThreads: 2,
    extra: { ep: {}, session: { disable_prepacking: "1", intra_op: { thread_affinities: "1;2", allow_spinning: "0" } } },
  });
  expect(sessionOptionsOf({ spinning: true })).not.toHaveProperty("extra");
  // Ours where the caller says nothing.
  expect(sessionOptionsOf({ spinning: false }, false).extra).toEqual({ session: { disable_prepacking: "1", intra_op: { allow_spinning: "0" } } });
  expect(sessionOptionsOf({ extra: { session: { disable_prepacking: "0" } } }, false).extra).toEqual({ session: { disable_prepacking: "0" } });
});
