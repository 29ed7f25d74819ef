import * as core from "@xdeep/core";
import * as layers from "@xdeep/layers";
import { runExample } from "@xdeep/test-models";
import { expect, it } from "vitest";

import { pooled } from "./networks.ts";

it("the example of the README of @xdeep/layers prints what it says", async () => {
  const model = await pooled();
  const logged = await runExample(new URL("../../../layers/README.md", import.meta.url), { "@xdeep/core": core, "@xdeep/layers": layers }, model);
  expect(logged.at(-1)).toEqual([1, 1, 6, 6]);
  await model.dispose();
});
