import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { ExplanationRecord } from "../src/explain/explanation.ts";
import { resolveMethods } from "../src/explain/methods/method.ts";
import { readNpy } from "../src/inputs/npy-file.ts";
import { pictureModel, writeTestModel, writeTestPicture } from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

describe("methods of relevance", () => {
  it("are named by a word, a composite behind a colon", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "net.onnx", pictureModel());
    const picture = await writeTestPicture(folder, "red.png", { r: 255, g: 51, b: 0 });
    const out = join(folder, "out");
    const method = "deeplift,lrp,lrp:epsilon-alpha2-beta1,lrp:epsilon,attn-lrp";
    const { code, stdout, stderr } = await runCli(["explain", model, picture, "--preset", "unit", "-t", "0", "-m", method, "-o", out, "--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    const { explanations } = JSON.parse(stdout) as { explanations: ExplanationRecord[] };
    expect(explanations.map(({ name }) => name)).toEqual(method.split(","));
    // Without biases DeepLIFT from black adds up to the score.
    const { numbers } = await readNpy(join(out, "red.net.deeplift.npy"));
    expect([...numbers].reduce((sum, value) => sum + value, 0)).toBeCloseTo(explanations[0]!.rows[0]!.score, 4);
  });

  it.each([
    ["lrp:nonsense", "There is no lrp:nonsense. There are lrp:epsilon"],
    ["deeplift:epsilon", "has no variants"],
    ["deeplift@conv", "looks at no single layer"],
    ["deep-lift", "Did you mean deeplift?"],
  ])("refuse %s", async (name, message) => {
    await expect(resolveMethods([name])).rejects.toThrow(message);
  });
});
