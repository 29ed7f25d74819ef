import { expect, it } from "vitest";

import { affine, analyticModel, runExample } from "../../test-models/src/index.ts";
import * as core from "../src/index.ts";

it("the README's example prints what it says", async () => {
  const model = analyticModel({
    inputs: [{ name: "x", dims: [2] }],
    layers: [
      affine([
        [1, 2],
        [3, 4],
      ]),
    ],
  });
  const logged = await runExample(new URL("../README.md", import.meta.url), { "@xdeep/core": core }, model);
  expect(logged).toEqual([[1], 7, Float32Array.of(3, 4), "vanilla"]);
});
