import { isXDeepError } from "@xdeep/core";
import { describe, expect, it } from "vitest";
import { type InferRow, elementwiseRows, productRows, shapeRows, windowRows } from "../../test/infer-rows.ts";
import { type OneNode, int, ints, of, oneNodeModel, outputNames, x, zeroFeeds } from "../../test/one-node-model.ts";
import { runModel } from "../../test/run-model.ts";
import { nodeProto } from "../graphs/node.ts";
import { opVersions } from "../op-versions.ts";
import { inferGraph } from "./infer-graph.ts";
import { inferNode } from "./infer-node.ts";
import { inferenceRule } from "./rules.ts";

/** Operators of later operator sets than inference covers. */
const NEWEST_COVERED_OPSET = 25;

describe.each([
  ["windows", windowRows],
  ["elementwise", elementwiseRows],
  ["products", productRows],
  ["shapes", shapeRows],
])("%s", (_, rows) => {
  it.each(rows.map((row) => ({ row, title: titleOf(row) })))("$title", async ({ row }) => {
    expect(inferredOutputs(row)).toEqual(row.expected);
    const actual = await runModel(oneNodeModel(row), zeroFeeds(row));
    const real = outputNames(row).map((name) => `${actual[name]?.type} ${describeDims(actual[name]?.dims ?? [])}`);
    expect(real.map((outcome, index) => likeExpected(outcome, row.expected[index] ?? ""))).toEqual(row.expected);
  });
});

describe("coverage", () => {
  it("has a rule for every operator of the default domain", () => {
    const missing = Object.entries(opVersions).filter(([op, [first = 0]]) => first <= NEWEST_COVERED_OPSET && inferenceRule("", op) === undefined);
    expect(missing).toEqual([]);
  });

  it("says nothing of operators it does not know", () => {
    expect(inferNode(nodeProto("Mystery", ["a"], ["b", "c"], {}, { domain: "elsewhere" }), [null], { opset: 20 })).toEqual([
      { type: null, dims: null },
      { type: null, dims: null },
    ]);
  });

  it.each(["constructor", "toString", "__proto__"])("is not misled by an operator named %s", (op) => {
    expect(inferNode(nodeProto(op, ["a"], ["b"]), [null], { opset: 20 })).toEqual([{ type: null, dims: null }]);
  });
});

describe("contradictions", () => {
  const broken: readonly OneNode[] = [
    { op: "Conv", inputs: [x(1, 3, 8, 8), x(4, 2, 3, 3)] },
    { op: "Conv", inputs: [x(1, 3, 8), x(4, 3, 3, 3)] },
    { op: "ConvTranspose", inputs: [x(1, 3, 8, 8), x(4, 2, 3, 3)] },
    { op: "MatMul", inputs: [x(2, 3), x(4, 5)] },
    { op: "Gemm", inputs: [x(2, 3), x(4, 5)] },
    { op: "Add", inputs: [x(2, 3), x(4)] },
    { op: "Reshape", inputs: [x(2, 3), ints(4, 2)] },
    { op: "Concat", inputs: [x(2, 3), x(3, 3)], attributes: { axis: 1 } },
    { op: "Split", inputs: [x(2, 3), ints(1, 1)], attributes: { axis: 1 }, outputs: 2 },
    { op: "Squeeze", inputs: [x(2, 3), ints(0)] },
    { op: "BatchNormalization", inputs: [x(2, 3), x(4), x(4), x(4), x(4)] },
    { op: "Softmax", inputs: [x(2, 3)], attributes: { axis: 1 } },
    { op: "Gather", inputs: [x(2, 3), of("int64", 1)], attributes: { axis: 2 } },
    { op: "CumSum", inputs: [x(2, 3), int(0)] },
  ];

  it.each(broken.map((row) => ({ row, title: titleOf(row) })))("are seen as ONNX Runtime sees them: $title", async ({ row }) => {
    const accepted = await runModel(oneNodeModel(row), zeroFeeds(row)).then(
      () => true,
      () => false,
    );
    const error = thrownBy(() => inferGraph(oneNodeModel(row)));
    expect(error === null).toBe(accepted);
    if (error !== null) expect(isXDeepError(error, "MODEL_INVALID") && error.message).toContain(row.op);
  });
});

function inferredOutputs(row: InferRow): readonly string[] {
  const facts = inferGraph(oneNodeModel(row));
  return outputNames(row).map((name) => `${facts.get(name)?.type} ${describeDims(facts.get(name)?.dims ?? null)}`);
}

function describeDims(dims: readonly (number | string | null)[] | null): string {
  if (dims === null) return "of unknown rank";
  return dims.length === 0 ? "scalar" : dims.map((dim) => (typeof dim === "number" ? dim : "?")).join("×");
}

/** The outcome of a run with "?" where the row expects one. */
function likeExpected(outcome: string, expected: string): string {
  const sizes = outcome.split("×");
  return expected.split("×").length === sizes.length
    ? expected
        .split("×")
        .map((size, axis) => (size.endsWith("?") ? sizes[axis]?.replace(/\d+$/, "?") : sizes[axis]))
        .join("×")
    : outcome;
}

function titleOf({ op, domain, inputs, attributes = {} }: OneNode): string {
  const shapes = inputs.map((input) => (input === null ? "–" : `${input.constant === undefined ? "" : "constant "}${describeDims(input.dims)}`)).join(", ");
  return `${domain === undefined ? "" : `${domain} `}${op}(${shapes}) ${JSON.stringify(attributes)}`;
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
    return null;
  } catch (error) {
    return error;
  }
}
