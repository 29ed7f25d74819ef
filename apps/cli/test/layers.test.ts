import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import sharp from "sharp";
import { describe, expect, it } from "vitest";

import { resolveMethods } from "../src/explain/methods/method.ts";
import type { ExplanationRecord } from "../src/explain/explanation.ts";
import type { Failure } from "../src/explain/report.ts";
import { readNpy } from "../src/inputs/npy-file.ts";
import { pictureOf } from "../src/write/picture-of.ts";
import { PICTURE_WEIGHTS, pictureModel, tableModel, writeTestModel, writeTestPicture } from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

async function explainRed(
  method: string,
): Promise<{ readonly code: number; readonly stderr: string; readonly out: string; readonly records: ExplanationRecord[] }> {
  const folder = await temporaryFolder();
  const model = await writeTestModel(folder, "net.onnx", pictureModel());
  const picture = await writeTestPicture(folder, "red.png", { r: 255, g: 51, b: 0 });
  const out = join(folder, "out");
  const { code, stdout, stderr } = await runCli(["explain", model, picture, "--preset", "unit", "-t", "0", "-m", method, "-o", out, "--json"]);
  return { code, stderr, out, records: (JSON.parse(stdout) as { explanations?: ExplanationRecord[] }).explanations ?? [] };
}

describe("methods at a layer", () => {
  it("write the layer and the small map, and draw it as large as the picture", async () => {
    const { code, out, records } = await explainRed("grad-cam,layer-cam@rectified");
    expect(code).toBe(0);
    expect(records.map(({ name, layer }) => [name, layer])).toEqual([
      ["grad-cam", { name: "rectified", channelAxis: 1 }],
      ["layer-cam@rectified", { name: "rectified", channelAxis: 1 }],
    ]);
    const { dims, numbers } = await readNpy(join(out, "red.net.grad-cam.npy"));
    expect(dims).toEqual([1, 1, 8, 8]);
    const [red, green] = PICTURE_WEIGHTS[0];
    for (const value of numbers) expect(value).toBeCloseTo((red + 0.2 * green) / 64, 5);
    expect((await readNpy(join(out, "red.net.layer-cam_rectified.npy"))).dims).toEqual([1, 1, 8, 8]);
    expect(await sharp(join(out, "red.net.grad-cam.overlay.png")).metadata()).toMatchObject({ width: 224, height: 224 });
  });

  it("give input × gradient and guided Grad-CAM at the input", async () => {
    const { code, records } = await explainRed("input-x-gradient,guided-grad-cam");
    expect(code).toBe(0);
    expect(records.map(({ layer, files }) => [layer?.name ?? null, Object.keys(files.attributions)])).toEqual([
      [null, ["picture"]],
      ["rectified", ["picture"]],
    ]);
  });

  it.each([
    ["grad-cam@conv9", 'no layer "conv9". Layers to choose from: "rectified"'],
    ["gradient-attention", "no attention"],
  ])("say what there is where %s finds none", async (method, message) => {
    const { code, stderr } = await explainRed(method);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  it("are left out where they find none, and those beside them explain", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "net.onnx", pictureModel());
    const pictures = await Promise.all(["a.png", "b.png"].map((name) => writeTestPicture(folder, name, { r: 255, g: 51, b: 0 })));
    const [out, page] = [join(folder, "out"), join(folder, "report.html")];
    const argv = [
      "explain",
      model,
      ...pictures,
      "--preset",
      "unit",
      "-t",
      "0",
      "-m",
      "gradient-attention,vanilla",
      "-o",
      out,
      "--report",
      page,
      "--render",
      "sheet",
    ];
    const { code, stdout, stderr } = await runCli([...argv, "--json"]);
    const { explanations, failures, sheets } = JSON.parse(stdout) as {
      readonly explanations: readonly ExplanationRecord[];
      readonly failures: readonly Failure[];
      readonly sheets: readonly string[];
    };
    expect(code).toBe(1);
    expect(explanations.map(({ name, input }) => [name, input.file])).toEqual([
      ["vanilla", "a.png"],
      ["vanilla", "b.png"],
    ]);
    // Told once: no other picture would help.
    expect(failures).toMatchObject([{ input: null, method: "gradient-attention", error: { code: "MODEL_UNSUPPORTED" } }]);
    expect(stderr.match(/net\.onnx, gradient-attention: .*no attention/g)).toHaveLength(1);
    expect(sheets).toHaveLength(1);
    expect(await readFile(page, "utf8")).toMatch(/net\.onnx, gradient-attention: .*no attention/);
    // Of one method alone, the run has nothing to show.
    const alone = await runCli(["explain", model, ...pictures, "--preset", "unit", "-t", "0", "-m", "gradient-attention", "-o", out]);
    expect([alone.code, alone.stderr.match(/no attention/g)]).toEqual([1, ["no attention"]]);
  });

  it("ask for a layer by name where none can be chosen", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "table.onnx", tableModel());
    await writeFile(join(folder, "row.json"), "[[1, 2, 3, 4]]");
    const { code, stderr } = await runCli(["explain", model, join(folder, "row.json"), "-m", "grad-cam", "-o", folder]);
    expect([code, stderr.includes("as in grad-cam@NAME"), stderr.includes("`layer`")]).toEqual([1, true, false]);
    const other = await runCli(["explain", model, join(folder, "row.json"), "-m", "grad-cam@nope", "-o", folder]);
    expect([other.code, other.stderr]).toEqual([1, expect.stringMatching(/no layer "nope"\. Values nearest by name: ".+"\./)]);
  });

  it.each([
    ["grad-cam@", "Which layer?"],
    ["attention-rollout@a", "looks at no single layer"],
    ["gradcam", "Did you mean grad-cam?"],
    ["grad-cams", "Did you mean grad-cam?"],
  ])("refuse %s", async (name, message) => {
    await expect(resolveMethods([name])).rejects.toThrow(message);
  });

  it("are listed by check, the one that is taken by itself first", async () => {
    const folder = await temporaryFolder();
    const { stdout } = await runCli(["check", await writeTestModel(folder, "net.onnx", pictureModel())]);
    expect(stdout).toMatch(/layers for grad-cam and others\n {2}name +dims *\n {2}rectified +\[N, 3, 8, 8\] +taken by itself\n/);
    const table = await runCli(["check", await writeTestModel(folder, "table.onnx", tableModel())]);
    expect(table.stdout).toContain("layers for grad-cam and others\n  none");
  });
});

describe("an attribution as a picture", () => {
  const picture = { width: 8, height: 8, data: new Uint8Array(192) };
  const tensor = (dims: readonly number[]) => ({
    type: "float32" as const,
    dims,
    data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => i),
  });
  const layer = { name: "h", channelAxis: null };

  it("of a layer lies as the input does", () => {
    const turned = pictureOf("h", tensor([1, 2, 3, 4]), { ...layer, channelAxis: 3 }, { layout: "NCHW", picture } as never)!;
    expect(turned.dims).toEqual([1, 4, 2, 3]);
    expect([...turned.data.subarray(0, 6)]).toEqual([0, 4, 8, 12, 16, 20]);
    expect(pictureOf("h", tensor([1, 3, 4, 1]), layer, { layout: "NCHW", picture } as never)!.dims).toEqual([1, 1, 3, 4]);
    expect(pictureOf("h", tensor([1, 1, 3, 4]), layer, { layout: "NHWC", picture } as never)!.dims).toEqual([1, 3, 4, 1]);
  });

  it("of tokens is their squares, without the class token", () => {
    const squares = pictureOf("h", tensor([1, 10]), layer, { layout: "NCHW", picture } as never)!;
    expect([squares.dims, squares.data[0]]).toEqual([[1, 1, 3, 3], 1]);
    expect(pictureOf("h", tensor([1, 12]), layer, { layout: "NCHW", picture } as never)).toBeNull();
    expect(pictureOf("h", tensor([1, 10]), layer, { layout: null, picture: null } as never)).toBeNull();
  });
});
