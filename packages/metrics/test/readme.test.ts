import * as core from "@xdeep/core";
import * as guided from "@xdeep/guided";
import { analyticModel, randomLayers, runExample } from "@xdeep/test-models";
import { expect, it } from "vitest";

import * as metrics from "../src/index.ts";

it("the README's example prints what it says", async () => {
  const model = analyticModel({ inputs: [{ name: "image", dims: [3, 4, 4], layout: "NCHW" }], layers: randomLayers([48, 8, 5], "relu") });
  const modules = { "@xdeep/core": core, "@xdeep/guided": guided, "@xdeep/metrics": metrics };
  const logged = await runExample(new URL("../README.md", import.meta.url), modules, model);
  expect(logged).toEqual([3, "lower", true, "product", true]);
});
