import * as core from "@xdeep/core";
import { runExample } from "@xdeep/test-models";
import { expect, it } from "vitest";

import * as layers from "../src/index.ts";
import { pooled } from "./networks.ts";

it("the README's example prints what it says", async () => {
  const model = await pooled();
  const logged = await runExample(new URL("../README.md", import.meta.url), { "@xdeep/core": core, "@xdeep/layers": layers }, model);
  expect(logged.at(-1)).toEqual([1, 1, 6, 6]);
  await model.dispose();
});
