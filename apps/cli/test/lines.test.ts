import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { type Dim, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import sharp from "sharp";
import { describe, expect, it } from "vitest";

import { writeTestModel } from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

/** Reads lines of text 4 pixels high: the mean of each quarter of a letter, for two letters. The output has the steps in front of the batch where that is asked for. */
async function reader(form: "batch first" | "steps first"): Promise<{ readonly folder: string; readonly model: string; readonly line: string }> {
  const rows: Dim = form === "batch first" ? "N" : 1;
  const proto = modelProto({
    inputs: [valueInfoProto("line", "float32", [rows, 1, 4, "width"])],
    outputs: [valueInfoProto("letters", "float32", null)],
    initializers: [
      tensorProto("k", { type: "float32", dims: [2, 1, 4, 4], data: Float32Array.from({ length: 32 }, (_, i) => (i < 16 ? 1 : -1) / 16) }),
      tensorProto("axis", { type: "int64", dims: [1], data: BigInt64Array.of(2n) }),
    ],
    nodes: [
      nodeProto("Conv", ["line", "k"], ["steps"], { strides: [4, 4] }),
      nodeProto("Squeeze", ["steps", "axis"], ["flat"]),
      nodeProto("Transpose", ["flat"], ["letters"], { perm: form === "batch first" ? [0, 2, 1] : [2, 0, 1] }),
    ],
  });
  const folder = await temporaryFolder();
  const line = join(folder, "line.png");
  await sharp({ create: { width: 96, height: 16, channels: 3, background: { r: 200, g: 200, b: 200 } } }).toFile(line);
  return { folder, model: await writeTestModel(folder, "reader", proto), line };
}

describe("a model that fixes one side of its pictures", () => {
  it("gets lines in their proportions, and the guess is said", async () => {
    const { folder, model, line } = await reader("batch first");
    const { code, stdout } = await runCli(["explain", model, line, "-o", folder, "-t", "2,0"]);
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\s+/g, " ")).toMatch(
      /grey, guessed \(one channel, 4 pixels high, any width\): 4 high, width in proportion.*other values \(size, .*--size/,
    );
    const record = JSON.parse(await readFile(join(folder, "line.reader.vanilla.json"), "utf8")) as { readonly input: unknown };
    expect(record.input).toMatchObject({ dims: [1, 1, 4, 24] });
  });

  it("takes a width that is given", async () => {
    const { folder, model, line } = await reader("batch first");
    const { stdout } = await runCli(["explain", model, line, "-o", folder, "-t", "2,0", "--size", "40x4"]);
    expect(stdout).toContain("40 x 4 crop");
  });

  it("is refused in plain words where its output has steps in front of the batch", async () => {
    const { folder, model, line } = await reader("steps first");
    const { stderr } = await runCli(["explain", model, line, "-o", folder]);
    expect(stderr).toMatch(/"letters" has dims \[6, 1, 2\], whose first axis is not the batch.*by --output.*BATCH_INVALID/);
  });
});
