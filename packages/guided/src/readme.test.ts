import * as core from "@xdeep/core";
import { analyticModel, randomLayers, runExample } from "@xdeep/test-models";
import { expect, it } from "vitest";

import * as guided from "./index.ts";

it("the README's example prints what it says", async () => {
  const model = analyticModel({ inputs: [{ name: "image", dims: [3, 4, 4], layout: "NCHW" }], layers: randomLayers([48, 8, 5], "relu") });
  const logged = await runExample(new URL("../README.md", import.meta.url), { "@xdeep/core": core, "@xdeep/guided": guided }, model);
  expect(logged).toEqual([[3, 4, 4], [1, 4, 4], [1, 3, 4, 4], 1, 1, 1, [2], [4]]);
});
