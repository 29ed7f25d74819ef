import * as guided from "@xdeep/guided";
import * as integrated from "@xdeep/integrated";
import { loadModel } from "@xdeep/onnxruntime";
import { runExample } from "@xdeep/test-models";
import { expect, it } from "vitest";

import * as exporting from "../src/index.ts";
import { convNet } from "./networks.ts";

it("the README's example prints what it says", async () => {
  const model = await loadModel(convNet());
  const modules = { "@xdeep/export": exporting, "@xdeep/guided": guided, "@xdeep/integrated": integrated };
  expect(await runExample(new URL("../README.md", import.meta.url), modules, model)).toEqual([0, "rules broken"]);
  await model.dispose();
});
