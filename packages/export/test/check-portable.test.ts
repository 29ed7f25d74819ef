import { alignedConvolutions } from "@xdeep/autodiff";
import {
  type Dim,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  graphProto,
  modelProto,
  nodeProto,
  tensorProto,
  valueInfoProto,
  withFields,
  writeModel,
  writeModelWithExternalData,
} from "@xdeep/onnx";
import { describe, expect, it } from "vitest";

import { checkPortable } from "../src/index.ts";

interface Parts {
  readonly input?: readonly Dim[] | null;
  readonly output?: readonly Dim[] | null;
  readonly type?: Parameters<typeof valueInfoProto>[1];
  readonly nodes?: readonly NodeProto[];
  readonly opset?: number;
}

const relu = (name: string, from = "x", to = "y"): NodeProto => nodeProto("Relu", [from], [to], {}, { name });

function file({ input = ["N", 4], output = ["N", 4], type = "float32", nodes = [relu("relu")], opset = 18 }: Parts = {}): ModelProto {
  return modelProto({ inputs: [valueInfoProto("x", type, input)], outputs: [valueInfoProto("y", "float32", output)], nodes, opset });
}

const weights = tensorProto("w", { type: "float32", dims: [1, 4], data: new Float32Array(4) });
const branch = (name: string): GraphProto => graphProto({ nodes: [relu(name, "x", name)], inputs: [], outputs: [valueInfoProto(name, "float32", null)] });
const choice = nodeProto("If", ["c"], ["y"], { then_branch: branch("yes"), else_branch: branch("no") }, { name: "choice" });
const withWeight = (model: ModelProto): ModelProto => withFields(model, { graph: withFields(model.graph!, { initializer: [weights] }) });

/** One deliberate fault each, and the rule that finds it. */
const FAULTS: readonly (readonly [string, string, ModelProto | Uint8Array])[] = [
  ["an output [1, …]", "batch", file({ output: [1, 4] })],
  ["an output without axes", "batch", file({ output: [] })],
  ["an input whose batch is fixed", "batch", file({ input: [8, 4] })],
  ["an output whose number of axes is unknown", "batch", file({ output: null })],
  ["a second name for the batch", "batch", file({ output: ["rows", 4] })],
  ["a second open size", "dims", file({ input: ["N", "T"] })],
  ["a node without a name", "node-names", file({ nodes: [relu("")] })],
  ["two nodes of one name", "node-names", file({ nodes: [relu("a", "x", "z"), relu("a", "z", "y")] })],
  ["slashes in the name of a node", "node-names", file({ nodes: [relu("/features/Relu")] })],
  ["control flow", "control-flow", file({ nodes: [choice] })],
  ["an operator of Microsoft's", "domain", file({ nodes: [nodeProto("Gelu", ["x"], ["y"], {}, { name: "gelu", domain: "com.microsoft" })] })],
  ["an operator set that is too new", "opset", file({ opset: 21 })],
  ["an operator set that is too old", "opset", file({ opset: 11 })],
  ["a newer file format", "opset", withFields(file(), { irVersion: 10n })],
  ["an input of float16", "types", file({ type: "float16" })],
  [
    "a weight that is an input too",
    "initializer-inputs",
    withWeight(withFields(file(), { graph: withFields(file().graph!, { input: [...file().graph!.input, valueInfoProto("w", "float32", [1, 4])] }) })),
  ],
  ["weights in another file", "external-data", writeModelWithExternalData(withWeight(file()), { externalThreshold: 1 }).bytes],
];

describe("checkPortable finds", () => {
  it.each(FAULTS)("%s", (_, rule, model) => {
    const findings = checkPortable(model instanceof Uint8Array ? model : writeModel(model));
    expect([...new Set(findings.filter(({ severity }) => severity === "error").map((finding) => finding.rule))]).toEqual([rule]);
  });

  it("a batch behind another size once, as a fault of the batch", () => {
    const state = file({ nodes: [relu("relu", "x", "y")] });
    const input = [...state.graph!.input, valueInfoProto("state", "float32", [2, "N", 8])];
    const findings = checkPortable(writeModel(withFields(state, { graph: withFields(state.graph!, { input }) })));
    expect(findings.map(({ rule, where }) => [rule, where])).toEqual([["batch", "state"]]);
  });

  it("and notes, convolutions that WebGPU computes wrongly where the file was not written for it", () => {
    const w = tensorProto("w", { type: "float32", dims: [8, 6, 1], data: new Float32Array(48) });
    const conv = file({ input: ["N", 6, 4], output: ["N", 8, 4], nodes: [nodeProto("Conv", ["x", "w"], ["y"], {}, { name: "conv" })] });
    const model = withFields(conv, { graph: withFields(conv.graph!, { initializer: [w] }) });
    expect(checkPortable(writeModel(model))).toMatchObject([{ rule: "webgpu", severity: "note", message: expect.stringContaining("6, 9, 15") as string }]);
    expect(checkPortable(writeModel(alignedConvolutions(model))).map(({ rule }) => rule)).not.toContain("webgpu");
  });

  it("nothing in a file that keeps every rule", () => expect(checkPortable(writeModel(file()))).toEqual([]));

  it("what works with less, as notes", () => {
    const pixels = file({
      input: ["N", 8, 8, 3],
      type: "uint8",
      nodes: [nodeProto("Cast", ["x"], ["y"], { to: 1 }, { name: "cast" })],
      output: ["N", 8, 8, 3],
    });
    expect(checkPortable(writeModel(pixels)).map(({ rule, severity }) => `${rule} ${severity}`)).toEqual(["types note"]);
    const scatter = file({ nodes: [nodeProto("Size", ["x"], ["y"], {}, { name: "size" })] });
    expect(checkPortable(writeModel(scatter)).map(({ rule }) => rule)).toEqual(["webgpu"]);
  });

  it("many of one rule without telling each", () => {
    const nodes = Array.from({ length: 20 }, (_, i) => relu("", i === 0 ? "x" : `v${i}`, i === 19 ? "y" : `v${i + 1}`));
    const findings = checkPortable(writeModel(file({ nodes })));
    expect(findings).toHaveLength(6);
    expect(findings.at(-1)!.message).toBe("The same of 15 more.");
  });
});
