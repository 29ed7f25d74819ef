import { describe, expect, it } from "vitest";
import { type GraphProto, type ModelProto, type NodeProto, float, graphProto, modelProto, nodeProto, valueInfoProto } from "@xdeep/onnx";
import { activePath } from "./active-path.ts";
import { carriesGradient } from "../coverage.ts";
import { checkCoverage } from "../../inspect/check-coverage.ts";
import { differentiate } from "../../differentiate.ts";
import { nodesOnPath } from "./nodes-on-path.ts";
import { builtinRules } from "../../rules/index.ts";
import { typedGraph } from "../../graph/typed-graph.ts";

function branch(nodes: readonly NodeProto[], outputs: readonly string[], inputs: readonly string[] = []): GraphProto {
  return graphProto({
    nodes,
    inputs: inputs.map((name) => valueInfoProto(name, "float32", null)),
    outputs: outputs.map((name) => valueInfoProto(name, "float32", null)),
  });
}

function model(...nodes: readonly NodeProto[]): ModelProto {
  return modelProto({
    nodes,
    inputs: [valueInfoProto("c", "bool", []), valueInfoProto("x", "float32", [2, 3])],
    outputs: [valueInfoProto("y", "float32", null)],
    domains: { custom: 1 },
  });
}

const unknown = (input: string, output: string): NodeProto => nodeProto("Mystery", [input], [output], {}, { domain: "custom", name: `mystery ${output}` });
const choose = (then: GraphProto, other: GraphProto, output = "y"): NodeProto => nodeProto("If", ["c"], [output], { then_branch: then, else_branch: other });
const node = (op: string, inputs: readonly string[], output: string): NodeProto => nodeProto(op, inputs, [output], {}, { name: output });

function operatorsOnPath(of: ModelProto): readonly string[] {
  const graph = typedGraph(of);
  return nodesOnPath(graph, activePath(graph, "y", ["x"], carriesGradient)).map((placed) => placed.node.opType);
}

describe("nodes on a path", () => {
  it("are found in both branches, and in branches within them", () => {
    const inner = branch([choose(branch([node("Sin", ["x"], "a")], ["a"]), branch([node("Cos", ["x"], "b")], ["b"]), "n")], ["n"]);
    expect(operatorsOnPath(model(choose(inner, branch([node("Exp", ["x"], "e")], ["e"]))))).toEqual(["If", "If", "Sin", "Cos", "Exp"]);
  });

  it("leave out what no gradient passes", () => {
    const rounded = branch([node("Floor", ["x"], "f"), node("Sqrt", ["f"], "s"), node("Abs", ["x"], "dead")], ["s"]);
    expect(operatorsOnPath(model(choose(rounded, branch([node("Exp", ["x"], "e")], ["e"]))))).toEqual(["If", "Exp"]);
  });

  it("leave out a branch that contradicts itself", () => {
    const impossible = branch([nodeProto("Transpose", ["x"], ["t"], { perm: [0, 1, 2] })], ["t"]);
    expect(operatorsOnPath(model(choose(impossible, branch([node("Exp", ["x"], "e")], ["e"]))))).toEqual(["If", "Exp"]);
  });

  it("follow states from one run of a body to the next", () => {
    // x reaches only the second state at first; the first gets it from there, and the output is the first.
    const body = branch([node("Sin", ["b"], "a2"), node("Cos", ["b"], "b2"), node("Exp", ["d"], "d2")], ["a2", "b2", "d2"], ["a", "b", "d", "s"]);
    const scan = nodeProto("Scan", ["zero", "x", "zero", "x"], ["y", "last", "unused"], { body, num_scan_inputs: 1 }, { name: "scan" });
    const zero = nodeProto("Floor", ["x"], ["zero"]);
    expect(operatorsOnPath(model(zero, scan))).toEqual(["Scan", "Sin", "Cos"]);
  });
});

describe("coverage", () => {
  it("lists what has no rule in all graphs at once", () => {
    const inside = model(unknown("x", "u"), choose(branch([unknown("u", "v")], ["v"]), branch([node("Floor", ["u"], "f"), unknown("f", "w")], ["w"])));
    const run = (): void => checkCoverage(typedGraph(inside), builtinRules, "y");
    expect(run).toThrowError(
      expect.objectContaining({
        code: "GRADIENT_MISSING",
        details: expect.objectContaining({ missing: [expect.objectContaining({ node: "mystery u" }), expect.objectContaining({ node: "mystery v" })] }),
      }),
    );
  });

  it("counts rectifiers in branches, by the bounds that they have there", () => {
    const bounds = [nodeProto("Constant", [], ["low"], { value_float: float(0) }), nodeProto("Constant", [], ["high"], { value_float: float(6) })];
    const relu6 = branch([...bounds, nodeProto("Clip", ["x", "low", "high"], ["r"]), nodeProto("Clip", ["r", "low"], ["half"])], ["half"]);
    const chosen = model(nodeProto("Relu", ["x"], ["h"]), choose(relu6, branch([nodeProto("Relu", ["h"], ["q"])], ["q"])));
    expect(differentiate(chosen, { wrt: ["x"], rule: "guided" }).rectifiers).toBe(3);
    expect(differentiate(chosen, { wrt: ["x"] }).rectifiers).toBe(0);
  });
});
