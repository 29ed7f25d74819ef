import { mkdir, mkdtemp, readFile, rm, symlink, truncate, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { create } from "@bufbuild/protobuf";
import { isXDeepError } from "@xdeep/core";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { numbersOf } from "../../test/run-model.ts";
import { externalDataFiles, resolveExternalData } from "./external-data.ts";
import { GraphProtoSchema, type ModelProto, type TensorProto, StringStringEntryProtoSchema } from "../gen/onnx_pb.ts";
import { loadModelFile } from "./load-model-file.ts";
import { mapTensors } from "../graphs/map-tensors.ts";
import { modelProto } from "./model-proto.ts";
import { nodeProto } from "../graphs/node.ts";
import { readModel } from "./read-model.ts";
import { saveModelFile } from "./save-model-file.ts";
import { tensorData, tensorProto } from "./tensor-data.ts";
import { valueInfoProto } from "../graphs/value-info.ts";
import { withFields } from "../graphs/with-fields.ts";
import { externalTensor, writeModel, writeModelWithExternalData } from "./write-model.ts";

const weights = Float32Array.from({ length: 300 }, (_, index) => Math.sin(index));
const inner = create(GraphProtoSchema, {
  name: "then",
  node: [nodeProto("Identity", ["v"], ["u"])],
  initializer: [tensorProto("v", { type: "float32", dims: [300], data: weights.map((value) => value * 2) })],
  output: [valueInfoProto("u", "float32", [300])],
});
const model = modelProto({
  nodes: [
    nodeProto("Add", ["x", "w"], ["a"]),
    nodeProto("Constant", [], ["k"], { value: tensorProto("", { type: "float32", dims: [300], data: weights }) }),
    nodeProto("If", ["c"], ["b"], {
      then_branch: inner,
      else_branch: create(GraphProtoSchema, { name: "else", node: [nodeProto("Identity", ["k"], ["e"])], output: [valueInfoProto("e", "float32", [300])] }),
    }),
    nodeProto("Mul", ["a", "b"], ["d"]),
    nodeProto("Mul", ["d", "s"], ["y"]),
  ],
  inputs: [valueInfoProto("x", "float32", [300]), valueInfoProto("c", "bool", [])],
  outputs: [valueInfoProto("y", "float32", [300])],
  initializers: [tensorProto("w", { type: "float32", dims: [300], data: weights }), tensorProto("s", { type: "float32", dims: [], data: Float32Array.of(3) })],
});

/** The two files' bytes. */
function inTwoFiles(): { bytes: Uint8Array; data: Uint8Array; location: string } {
  const { bytes, data, dataLength, location } = writeModelWithExternalData(model, { location: "weights.bin" });
  const whole = Buffer.concat(data);
  expect(whole.length).toBe(dataLength);
  return { bytes, data: whole, location };
}

/** The model with the external entries of its first initializer changed. */
function withEntries(entries: Readonly<Record<string, string>>): ModelProto {
  return mapTensors(readModel(inTwoFiles().bytes), (tensor) => {
    if (tensor.name !== "w") return tensor;
    const old = Object.fromEntries(tensor.externalData.map(({ key, value }) => [key, value]));
    return withFields(tensor, {
      externalData: Object.entries({ ...old, ...entries }).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
    });
  });
}

async function codeOf(action: () => unknown): Promise<{ code: string; message: string }> {
  try {
    await action();
  } catch (error) {
    if (isXDeepError(error)) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error("nothing was thrown");
}

it("a file whose weights fit and whose graph does not any more is refused", () => {
  // Zeros that nobody reads take no memory.
  const zeros = new Uint8Array(2 ** 27);
  const sized = (rawData: Uint8Array): TensorProto => withFields(tensorProto("w", { type: "float32", dims: [1], data: Float32Array.of(0) }), { rawData });
  const initializer = Array.from({ length: 16 }, (_, i) => sized(i === 15 ? zeros.subarray(1) : zeros));
  const bare = modelProto({
    nodes: [nodeProto("Relu", ["x"], ["y"])],
    inputs: [valueInfoProto("x", "float32", [1])],
    outputs: [valueInfoProto("y", "float32", [1])],
  });
  const large = withFields(bare, { graph: withFields(bare.graph!, { initializer }) });
  expect(() => writeModel(large)).toThrow(/2147483647 bytes.*external data/);
});

describe("writeModelWithExternalData", () => {
  it("moves large initializers, those of subgraphs too, without copying them", () => {
    const { bytes, data } = writeModelWithExternalData(model, { location: "weights.bin" });
    expect(data.filter(({ length }) => length === 1200)).toHaveLength(2);
    expect(data.some(({ buffer }) => buffer === weights.buffer)).toBe(true);
    const slim = readModel(bytes);
    expect(externalDataFiles(slim)).toEqual(["weights.bin"]);
    expect(slim.graph?.initializer.map(({ rawData }) => rawData.length)).toEqual([0, 4]);
  });

  it("starts every weight at a multiple of 4096", () => {
    const offsets = readModel(inTwoFiles().bytes).graph?.initializer[0]?.externalData.find(({ key }) => key === "offset")?.value;
    expect(Number(offsets) % 4096).toBe(0);
  });

  it("is undone by resolveExternalData, byte for byte", () => {
    const { bytes, data } = inTwoFiles();
    const resolved = resolveExternalData(readModel(bytes), { "./weights.bin": data });
    expect(writeModel(resolved)).toEqual(writeModel(model));
    expect(resolved.graph?.initializer[0]?.rawData.buffer).toBe(data.buffer);
  });
});

describe("resolveExternalData", () => {
  it("returns a model without external data as it is", () => {
    expect(resolveExternalData(model, {})).toBe(model);
  });

  it("names a file that is not given", async () => {
    const { bytes, data } = inTwoFiles();
    expect(await codeOf(() => resolveExternalData(readModel(bytes), { other: data }))).toMatchObject({
      code: "EXTERNAL_DATA_MISSING",
      message: expect.stringMatching(/weights\.bin.*other/) as string,
    });
  });

  it("refuses a file that is too short", async () => {
    const { bytes, data } = inTwoFiles();
    expect(await codeOf(() => resolveExternalData(readModel(bytes), { "weights.bin": data.subarray(0, data.length - 1) }))).toMatchObject({
      code: "MODEL_INVALID",
      message: expect.stringContaining("bytes only") as string,
    });
  });

  it.each([["../weights.bin"], ["a/../../b"], ["/etc/passwd"], ["C:\\weights"], ["..\\weights"], ["https://example.com/w"], ["~/w"], [""]])(
    "refuses the path %j",
    async (location) => {
      expect(await codeOf(() => externalDataFiles(withEntries({ location })))).toMatchObject({
        code: "MODEL_INVALID",
        message: expect.stringContaining("folder") as string,
      });
    },
  );

  it.each([[{ offset: "-4" }], [{ offset: "x" }], [{ offset: "1e1" }], [{ offset: "0x0" }], [{ length: "8" }]])("refuses %j", async (entries) => {
    expect((await codeOf(() => resolveExternalData(withEntries(entries), { "weights.bin": inTwoFiles().data }))).code).toBe("MODEL_INVALID");
  });

  it("refuses weights that overlap, which would be many times their file, and takes those that are the same", async () => {
    const all = (entries: (index: number) => Readonly<Record<string, string>>): ModelProto => {
      const names = Array.from({ length: 20 }, (_, index) => index);
      const initializer = names.map((index) =>
        externalTensor(tensorProto(`w${index}`, { type: "float32", dims: [100], data: new Float32Array(100) }), entries(index)),
      );
      return withFields(model, { graph: withFields(model.graph!, { initializer }) });
    };
    const files = { "weights.bin": new Uint8Array(500) };
    const shifted = all((index) => ({ location: "weights.bin", offset: String(index), length: "400" }));
    expect(await codeOf(() => resolveExternalData(shifted, files))).toMatchObject({
      code: "MODEL_INVALID",
      message: expect.stringContaining("overlap") as string,
    });
    const same = all(() => ({ location: "weights.bin", offset: "100", length: "400" }));
    expect(resolveExternalData(same, files).graph?.initializer).toHaveLength(20);
  });
});

describe("loadModelFile", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "xdeep-onnx-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it("reads one file, by path or by URL", async () => {
    const path = join(folder, "m.onnx");
    expect(await saveModelFile(path, model)).toEqual([path]);
    const loaded = await loadModelFile(path);
    expect(writeModel(loaded.model)).toEqual(writeModel(model));
    expect(loaded).toMatchObject({ path, externalFiles: [] });
    expect((await loadModelFile(pathToFileURL(path))).path).toBe(path);
  });

  it("reads two files, which ONNX Runtime reads as well", async () => {
    const path = join(folder, "m.onnx");
    expect(await saveModelFile(path, model, { externalThreshold: 64 })).toEqual([path, `${path}.data`]);
    const loaded = await loadModelFile(path);
    expect(writeModel(loaded.model)).toEqual(writeModel(model));
    expect(loaded.externalFiles).toEqual([`${path}.data`]);
    const session = await InferenceSession.create(path);
    const { y } = await session.run({ x: new Tensor("float32", new Float32Array(300).fill(1), [300]), c: new Tensor("bool", [true], []) });
    expect(numbersOf(y)[5]).toBeCloseTo((1 + Math.sin(5)) * 2 * Math.sin(5) * 3, 4);
  });

  it("decodes weights without another copy", async () => {
    await saveModelFile(join(folder, "m.onnx"), model, { externalThreshold: 64 });
    const tensor = (await loadModelFile(join(folder, "m.onnx"))).model.graph?.initializer[0];
    expect((tensorData(tensor as NonNullable<typeof tensor>).data as Float32Array).buffer).toBe(tensor?.rawData.buffer);
  });

  it("says which file of weights is missing, and which is too short", async () => {
    const path = join(folder, "m.onnx");
    await saveModelFile(path, model, { externalThreshold: 64 });
    await truncate(`${path}.data`, 100);
    expect(await codeOf(() => loadModelFile(path))).toMatchObject({
      code: "MODEL_INVALID",
      message: expect.stringMatching(/m\.onnx\.data.*100 bytes/) as string,
    });
    await unlink(`${path}.data`);
    expect(await codeOf(() => loadModelFile(path))).toMatchObject({ code: "EXTERNAL_DATA_MISSING", message: expect.stringContaining("m.onnx.data") as string });
    await mkdir(`${path}.data`);
    expect((await codeOf(() => loadModelFile(path))).code).toBe("EXTERNAL_DATA_MISSING");
  });

  it("does not read outside of the model's folder", async () => {
    await mkdir(join(folder, "model"));
    await writeFile(join(folder, "weights.bin"), inTwoFiles().data);
    await writeFile(join(folder, "model", "m.onnx"), writeModel(withEntries({ location: "../weights.bin" })));
    expect((await codeOf(() => loadModelFile(join(folder, "model", "m.onnx")))).code).toBe("MODEL_INVALID");
  });

  it("follows links inside the folder, and to where the model lies, and others only when told to", async () => {
    const [cache, snapshot, elsewhere] = ["blobs", "snapshot", "elsewhere"].map((name) => join(folder, name)) as [string, string, string];
    for (const path of [cache, snapshot, elsewhere]) await mkdir(path);
    const { bytes, data } = inTwoFiles();
    for (const place of [cache, elsewhere]) await writeFile(join(place, "data"), data);
    await writeFile(join(cache, "model"), bytes);
    const path = join(snapshot, "m.onnx");
    const link = async (target: string): Promise<void> => {
      await rm(join(snapshot, "weights.bin"), { force: true });
      await symlink(target, join(snapshot, "weights.bin"));
    };
    await symlink(join(cache, "model"), path);
    await link(join(cache, "data"));
    expect((await loadModelFile(path)).externalFiles).toEqual([join(snapshot, "weights.bin")]);
    await link(join(elsewhere, "data"));
    expect(await codeOf(() => loadModelFile(path))).toMatchObject({
      code: "MODEL_INVALID",
      message: expect.stringContaining("followSymlinks: true") as string,
    });
    expect((await loadModelFile(path, { followSymlinks: true })).externalFiles).toHaveLength(1);
  });

  it("reads nothing but files", async () => {
    await writeFile(join(folder, "m.onnx"), inTwoFiles().bytes);
    await symlink("/dev/zero", join(folder, "weights.bin"));
    expect(await codeOf(() => loadModelFile(join(folder, "m.onnx"), { followSymlinks: true }))).toMatchObject({
      code: "EXTERNAL_DATA_MISSING",
      message: expect.stringContaining("it is no file") as string,
    });
  });

  it("helps when the path is wrong", async () => {
    await saveModelFile(join(folder, "right.onnx"), model);
    expect(await codeOf(() => loadModelFile(join(folder, "wrong.onnx")))).toMatchObject({
      code: "MODEL_NOT_FOUND",
      message: expect.stringContaining("right.onnx") as string,
    });
    await writeFile(join(folder, "model.json"), "{}");
    expect(await codeOf(() => loadModelFile(folder))).toMatchObject({
      code: "MODEL_NOT_FOUND",
      message: expect.stringMatching(/is a folder.*model\.json, right\.onnx/) as string,
    });
    expect(await codeOf(() => loadModelFile(join(folder, "no", "m.onnx")))).toMatchObject({
      code: "MODEL_NOT_FOUND",
      message: expect.stringContaining("no folder") as string,
    });
    expect((await codeOf(() => loadModelFile(join(folder, "right.onnx", "m.onnx")))).code).toBe("MODEL_NOT_FOUND");
  });

  it("names the kind of a file that is no model", async () => {
    await writeFile(join(folder, "m.onnx"), "version https://git-lfs.github.com/spec/v1\n");
    expect(await codeOf(() => loadModelFile(join(folder, "m.onnx")))).toMatchObject({
      code: "MODEL_INVALID",
      message: expect.stringContaining("git lfs pull") as string,
    });
    expect((await readFile(join(folder, "m.onnx"))).length).toBeGreaterThan(0);
  });
});
