import * as core from "@xdeep/core";
import * as guided from "@xdeep/guided";
import { analyticModel, randomLayers, runExample } from "@xdeep/test-models";
import { expect, it } from "vitest";

import * as integrated from "./index.ts";

it("the README's example prints what it says", async () => {
  const model = analyticModel({ inputs: [{ name: "x", dims: [6] }], layers: randomLayers([6, 12, 3], "relu") });
  const modules = { "@xdeep/core": core, "@xdeep/guided": guided, "@xdeep/integrated": integrated };
  const logged = await runExample(new URL("../README.md", import.meta.url), modules, model);
  expect(logged).toEqual([[6], [1, 6], true, [true]]);
});
