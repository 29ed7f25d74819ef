import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { isXDeepError } from "@xdeep/core";
import { describe, expect, it } from "vitest";
import { GraphProtoSchema, ModelProtoSchema, StringStringEntryProtoSchema } from "../gen/onnx_pb.ts";
import { float, nodeProto } from "../graphs/node.ts";
import { readModel } from "./read-model.ts";
import { tensorProto } from "./tensor-data.ts";
import { withFields } from "../graphs/with-fields.ts";
import { writeModel } from "./write-model.ts";

const weights = Float32Array.from({ length: 300 }, (_, i) => Math.sin(i));

const model = create(ModelProtoSchema, {
  irVersion: 8n,
  producerName: "test",
  opsetImport: [
    { domain: "", version: 17n },
    { domain: "com.example", version: 1n },
  ],
  graph: {
    name: "g",
    node: [
      nodeProto("LeakyRelu", ["x"], ["y"], { alpha: float(0.25) }),
      nodeProto("Reshape", ["y", "shape"], ["z"]),
      nodeProto("If", ["c"], ["r"], { then_branch: create(GraphProtoSchema, { name: "then" }) }),
    ],
    initializer: [
      tensorProto("w", { type: "float32", dims: [3, 100], data: weights }),
      tensorProto("shape", { type: "int64", dims: [1], data: BigInt64Array.of(-1n) }),
    ],
    input: [{ name: "x", type: { value: { case: "tensorType", value: { elemType: 1, shape: { dim: [{ value: { case: "dimParam", value: "N" } }] } } } } }],
    output: [{ name: "z" }],
  },
});

function failure(bytes: Uint8Array): string {
  try {
    readModel(bytes);
  } catch (error) {
    if (isXDeepError(error, "MODEL_INVALID")) return error.message;
    throw error;
  }
  throw new Error("the bytes were read");
}

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

describe("readModel", () => {
  it("reads what writeModel wrote, byte for byte", () => {
    const bytes = writeModel(model);
    expect(writeModel(readModel(bytes))).toEqual(bytes);
  });

  it("writes large weights as the protobuf library does", () => {
    const big = (length: number): Float32Array<ArrayBuffer> => Float32Array.from({ length }, (_, i) => Math.cos(i));
    const tensors = [2000, 1, 5000].map((length, index) => tensorProto(`big${index}`, { type: "float32", dims: [length], data: big(length) }));
    const initializer = tensors.map((tensor, index) =>
      withFields(tensor, { docString: `tensor ${index}`, $unknown: [{ no: 99, wireType: 0, data: Uint8Array.of(index) }] } as Partial<typeof tensor>),
    );
    const graph = withFields(model.graph as NonNullable<typeof model.graph>, { initializer });
    const large = withFields(model, { graph, metadataProps: [create(StringStringEntryProtoSchema, { key: "k", value: "v" })] });
    expect(writeModel(large)).toEqual(toBinary(ModelProtoSchema, large));
    expect(writeModel(readModel(writeModel(large)))).toEqual(writeModel(large));
  });

  it("does not copy weights", () => {
    const bytes = writeModel(model);
    expect(readModel(bytes).graph?.initializer[0]?.rawData.buffer).toBe(bytes.buffer);
  });

  it("keeps fields and enum values it does not know", () => {
    const known = writeModel(model);
    const future = Uint8Array.of(...known, 0xa0, 0x06, 0x07, 0xaa, 0x06, 0x02, 0x68, 0x69);
    expect(writeModel(readModel(future))).toEqual(future);
    const attribute = Uint8Array.of(0x0a, 0x01, 0x61, 0xa0, 0x01, 0x63);
    const node = Uint8Array.of(0x2a, attribute.length, ...attribute);
    const graph = Uint8Array.of(0x0a, node.length, ...node);
    const withAttributeType99 = Uint8Array.of(0x08, 0x08, 0x3a, graph.length, ...graph, 0x42, 0x02, 0x10, 0x11);
    expect(writeModel(readModel(withAttributeType99))).toEqual(withAttributeType99);
  });

  it("says that an empty file is empty", () => {
    expect(failure(new Uint8Array(0))).toContain("0 bytes");
  });

  it.each([
    ["a PNG", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13), /PNG/],
    ["a zip", Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 0, 0), /zip.*PyTorch/],
    ["a gzip", Uint8Array.of(0x1f, 0x8b, 8, 0), /gzip/],
    ["an ORT file", Uint8Array.of(0x20, 0, 0, 0, 0x4f, 0x52, 0x54, 0x4d, 0, 0, 0, 0), /\.ort file/],
    ["a TFLite file", Uint8Array.of(0x1c, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33), /TensorFlow Lite/],
    ["an HDF5 file", Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a), /HDF5/],
    ["a pickle", Uint8Array.of(0x80, 0x02, 0x8a, 0x0a), /pickle/],
    ["safetensors", Uint8Array.of(0x10, 0, 0, 0, 0, 0, 0, 0, ...text('{"a":{}}')), /safetensors/],
    ["JSON", text('{"format": "layers-model"}'), /JSON.*@xdeep\/tfjs/],
    ["text", text("hello, I am a model"), /text file/],
    ["HTML", text("<!DOCTYPE html><html></html>"), /web page/],
    ["a Git LFS pointer", text("version https://git-lfs.github.com/spec/v1\noid sha256:1\n"), /git lfs pull/],
    ["a TensorFlow graph", Uint8Array.of(0x0a, 0x10, 0x0a, 0x01, 0x78, 0x12, 0x0b, ...text("Placeholder")), /TensorFlow graph.*tf2onnx/],
    ["a SavedModel", Uint8Array.of(0x08, 0x01, 0x12, 0x04, 0x0a, 0x02, 0x0a, 0x00), /SavedModel.*tf2onnx/],
    ["noise", Uint8Array.of(0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0xfa, 0xf9, 0xf8, 0xf7, 0xf6, 0xf5), /no ONNX model/],
  ])("recognises %s", (_, bytes, expected) => {
    expect(failure(bytes)).toMatch(expected);
  });

  it("refuses every cut of a file", () => {
    const bytes = writeModel(model);
    for (let length = 1; length < bytes.length; length += 1) {
      const cut = bytes.subarray(0, length);
      const parts = fromBinaryOrNull(cut);
      if (parts !== null && parts.opsetImport.length > 0) continue;
      expect(failure(cut)).toMatch(/cut off|no graph|no operator set/);
    }
    expect(failure(bytes.subarray(0, 700))).toMatch(/cut off after 700 bytes.*graph/);
  });

  it("refuses a field whose length overruns the message around it", () => {
    const bytes = writeModel(model);
    const damaged = bytes.slice();
    const nameOfWeights = Buffer.from(bytes).indexOf(Uint8Array.of(0x42, 0x01, 0x77));
    damaged[nameOfWeights + 1] = 0x7f;
    expect(failure(damaged)).toMatch(/graph\.initializer/);
  });

  it("refuses messages within messages without end", () => {
    let type = Uint8Array.of(0x0a, 0x00);
    for (let depth = 0; depth < 5000; depth += 1) {
      const sequence = new BinaryWriter()
        .uint32((1 << 3) | 2)
        .bytes(type)
        .finish();
      type = new BinaryWriter()
        .uint32((4 << 3) | 2)
        .bytes(sequence)
        .finish();
    }
    const input = new BinaryWriter()
      .uint32((2 << 3) | 2)
      .bytes(type)
      .finish();
    const graph = new BinaryWriter()
      .uint32((11 << 3) | 2)
      .bytes(input)
      .finish();
    expect(
      failure(
        Buffer.concat([
          writeModel(model),
          new BinaryWriter()
            .uint32((7 << 3) | 2)
            .bytes(graph)
            .finish(),
        ]),
      ),
    ).toMatch(/more than 100 messages within each other/);
  });

  it("refuses a model without graph or without operator set", () => {
    expect(failure(toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport: [{ version: 17n }] })))).toContain("no graph");
    expect(failure(toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, graph: { name: "g" } })))).toContain("opset_import");
  });
});

/** What a cut exactly between two fields of the model leaves is a model; it is valid when only optional fields are gone. */
function fromBinaryOrNull(bytes: Uint8Array): { opsetImport: readonly unknown[] } | null {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch {
    return null;
  }
}
