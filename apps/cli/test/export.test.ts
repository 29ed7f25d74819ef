import { readFile, writeFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { builtinWriters } from "@xdeep/export";
import { modelProto, nodeProto, readModel, valueInfoProto } from "@xdeep/onnx";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";

import { ALONE_WORDS } from "../src/explain/methods/alone-method.ts";
import { PICTURE_WEIGHTS, detectorModel, pictureModel, tokenModel, writeTestModel } from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

/** What the file at a path gives for pictures of ones. */
async function runAtOnes(path: string, rows: number, input: "picture" | "pixels" = "picture"): Promise<ort.InferenceSession.ReturnType> {
  const session = await ort.InferenceSession.create(await readFile(path));
  const ones =
    input === "picture"
      ? new ort.Tensor("float32", new Float32Array(rows * 192).fill(1), [rows, 3, 8, 8])
      : new ort.Tensor("int32", new Int32Array(rows * 192).fill(1), [rows, 8, 8, 3]);
  return session.run({ [input]: ones }).finally(() => session.release());
}

describe("xdeep export", () => {
  it("lists the methods that stand alone and that a file can hold", async () => {
    const { stdout } = await runCli(["export", "--help"]);
    const [, listed] = /smooth-integrated\.\n([^:]*): as in xdeep explain/.exec(stdout)!;
    const writable = Object.keys(ALONE_WORDS).filter((word) => Object.hasOwn(builtinWriters, word));
    expect(listed!.split(",").map((word) => word.trim())).toEqual(writable);
  });

  it("writes a file whose integrated gradients are known", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "model.onnx", pictureModel());
    const out = join(folder, "explain.onnx");
    const { code, stdout, stderr } = await runCli(["export", model, "-o", out, "--method", "integrated", "--steps", "8", "--target", "2"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("attribution float32 [N, 3, 8, 8]");
    expect(stdout).toContain("convergence_delta float32 [N]");
    const found = await runAtOnes(out, 2);
    const expected = PICTURE_WEIGHTS[2].flatMap((weight) => Array.from({ length: 64 }, () => weight / 64));
    (found["attribution"]!.data as Float32Array).forEach((value, i) => expect(value).toBeCloseTo(expected[i % 192]!, 6));
    expect([...(found["target"]!.data as BigInt64Array)]).toEqual([2n, 2n]);
    const texts = Object.fromEntries(readModel(await readFile(out)).metadataProps.map(({ key, value }) => [key, value]));
    expect(texts["xdeep.source_sha256"]).toMatch(/^[\da-f]{64}$/);
  });

  it("writes points until a tolerance is met, in the server profile", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "model.onnx", pictureModel());
    const out = join(folder, "explain.onnx");
    const { code, stdout, stderr } = await runCli(["export", model, "-o", out, "-m", "integrated", "--profile", "server", "--tolerance", "1%"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("points int64 [N]");
    expect([...((await runAtOnes(out, 2))["points"]!.data as BigInt64Array)]).toEqual([7n, 7n]);
    const { metadataProps } = readModel(await readFile(out));
    expect(JSON.parse(metadataProps.find(({ key }) => key === "xdeep.method")!.value)).toMatchObject({ parameters: { relativeTolerance: 0.01 } });
  });

  it("puts several methods, pixels and heat maps into one file", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "model.onnx", pictureModel());
    const out = join(folder, "explain.onnx");
    const flags = [
      "-m",
      "guided,smooth-integrated,grad-cam",
      "--steps",
      "4",
      "--samples",
      "4",
      "--pixels",
      "int32",
      "--scale",
      "1",
      "--mean",
      "0",
      "--std",
      "1",
      "--heat-map",
      "--only",
    ];
    const { code, stdout, stderr } = await runCli(["export", model, "-o", out, ...flags, "--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    const { outputs, inputs } = JSON.parse(stdout) as {
      readonly outputs: readonly { readonly name: string }[];
      readonly inputs: readonly { readonly name: string }[];
    };
    expect(inputs.map(({ name }) => name)).toEqual(["pixels"]);
    expect(outputs.map(({ name }) => name)).toEqual([
      "attribution_guided",
      "attribution_smooth_integrated",
      "attribution_grad_cam",
      "target",
      "score",
      "heat_map_guided",
      "heat_map_smooth_integrated",
      "heat_map_grad_cam",
    ]);
    expect([...(await runAtOnes(out, 3, "pixels"))["heat_map_guided"]!.dims]).toEqual([3, 8, 8]);
  });

  it("writes what other places want beside the file", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "model.onnx", pictureModel());
    const flags = ["--triton", join(folder, "triton"), "--kserve", "--spark", "--ray", "--beam", "--json"];
    const { code, stdout } = await runCli(["export", model, "-o", join(folder, "explain.onnx"), ...flags]);
    const { beside } = JSON.parse(stdout) as { readonly beside: readonly string[] };
    expect([code, beside.map((path) => path.slice(folder.length + 1))]).toEqual([
      0,
      [
        "triton/explain/config.pbtxt",
        "triton/explain/1/model.onnx",
        "explain.kserve.yaml",
        "explain.request.json",
        "explain_spark.py",
        "explain_ray.py",
        "explain_beam.py",
      ],
    ]);
    expect(await readFile(join(folder, "triton/explain/1/model.onnx"))).toEqual(await readFile(join(folder, "explain.onnx")));
  });

  it("puts the weights into a second file where asked", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "model.onnx", tokenModel());
    const out = join(folder, "explain.onnx");
    const flags = ["export", model, "-o", out, "--wrt", "embedded", "--external-data"];
    const { code, stdout } = await runCli([...flags, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ beside: [`${out}.data`], weights: (await stat(`${out}.data`)).size });
    const session = await ort.InferenceSession.create(out);
    await session.release();
    const triton = join(folder, "triton");
    const besideTriton = JSON.parse((await runCli([...flags, "--triton", triton, "--json"])).stdout) as { readonly beside: readonly string[] };
    const place = join(triton, "explain", "1", "model.onnx");
    expect(besideTriton.beside).toEqual([`${out}.data`, join(triton, "explain", "config.pbtxt"), join(place, "model.onnx"), join(place, "explain.onnx.data")]);
    await (await ort.InferenceSession.create(join(place, "model.onnx"))).release();
    expect(await runCli([...flags, "--spark"])).toMatchObject({ code: 1, stderr: expect.stringContaining("--spark is for a model in one file") as string });
  });

  it("writes token models at the value that --wrt names", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "model.onnx", tokenModel());
    const out = join(folder, "explain.onnx");
    expect(await runCli(["export", model, "-o", out, "-m", "integrated", "--wrt", "embedded"])).toMatchObject({ code: 0 });
    expect(readModel(await readFile(out)).graph!.output[0]!.name).toBe("attribution");
  });

  it.each([
    ["an entry with * for the highest", ["--target", "*,5"]],
    ["a class by its name", ["--target", "dog"]],
  ])("explains the best anchor of each row, where --target is %s", async (_, flags) => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "model.onnx", detectorModel("anchors first"));
    await writeFile(join(folder, "labels.txt"), "cat\ndog\nfox\n");
    const out = join(folder, "explain.onnx");
    const { code, stderr } = await runCli(["export", model, "-o", out, "--labels", join(folder, "labels.txt"), ...flags]);
    expect([code, stderr]).toEqual([0, ""]);
    const metadata = Object.fromEntries(readModel(await readFile(out)).metadataProps.map(({ key, value }) => [key, value]));
    expect(metadata["xdeep.target"]).toBe('{"max":[null,5]}');
  });

  it.each<[string, readonly string[], string]>([
    ["more points than the profile holds", ["-m", "integrated", "--steps", "40"], "--max-points"],
    ["a tolerance, in the words of the command", ["-m", "integrated", "--tolerance", "0.1"], "Fix it: --steps 8"],
    ["a tolerance, with the profile that takes it", ["-m", "integrated", "--tolerance", "0.1"], "give --profile server"],
    ["a baseline that is no number", ["-m", "integrated", "--baseline", "black"], "neither a number"],
    ["an unknown method", ["-m", "lime"], 'no method "lime"'],
    [
      "a method that no file can hold",
      ["-m", "guided,conductance"],
      '"conductance" cannot be written into a file; xdeep explain explains by it. Files hold vanilla,',
    ],
  ])("refuses %s", async (_, flags, message) => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "model.onnx", pictureModel());
    const { code, stderr } = await runCli(["export", model, "-o", join(folder, "explain.onnx"), ...flags]);
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });
});

describe("xdeep check --portable", () => {
  it("tells what keeps a file from running elsewhere, and exits with 1", async () => {
    const folder = await temporaryFolder();
    const proto = modelProto({
      nodes: [nodeProto("Relu", ["x"], ["y"])],
      inputs: [valueInfoProto("x", "float32", [1, 4])],
      outputs: [valueInfoProto("y", "float32", [1, 4])],
    });
    const { code, stdout } = await runCli(["check", await writeTestModel(folder, "model.onnx", proto), "--portable"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^model\.onnx: breaks 2 of the rules of the portable profile\n {2}batch/);
    expect(stdout).toContain("has no name");
  });

  it("exits with 0 for a file that it wrote itself", async () => {
    const folder = await temporaryFolder();
    const out = join(folder, "explain.onnx");
    await runCli(["export", await writeTestModel(folder, "model.onnx", pictureModel()), "-o", out]);
    expect(await runCli(["check", out, "--portable"])).toMatchObject({ code: 0, stdout: "explain.onnx: keeps every rule of the portable profile\n" });
  });
});
