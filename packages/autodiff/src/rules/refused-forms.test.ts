import { isXDeepError } from "@xdeep/core";
import { type AttributeValue, type ModelProto, type NodeProto, graphProto, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { differentiate } from "../differentiate.ts";
import { typedGraph } from "../graph/typed-graph.ts";
import { checkCoverage } from "../inspect/check-coverage.ts";
import { prepareModel } from "../prepare/prepare-model.ts";
import { builtinRules } from "./index.ts";

interface Form {
  readonly op: string;
  readonly form: string;
  /** Dims of input x0. */
  readonly x: readonly number[];
  /** The other inputs: constants, or "x1" for a second free input of the dims of the first, or "" for none. */
  readonly others?: readonly (string | readonly number[] | BigInt64Array | Uint8Array)[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly wrt?: readonly string[];
  readonly opset?: number;
  readonly message: RegExp;
}

const FORMS: readonly Form[] = [
  {
    op: "Resize",
    form: "aspect ratio kept over all axes",
    x: [1, 1, 4, 6],
    others: ["", "", BigInt64Array.of(1n, 1n, 3n, 3n)],
    attributes: { keep_aspect_ratio_policy: "not_larger" },
    message: /keep_aspect_ratio_policy/,
  },
  { op: "LpPool", form: "ceil_mode", x: [1, 1, 5], attributes: { kernel_shape: [2], strides: [2], ceil_mode: 1 }, message: /ceil_mode/ },
  { op: "RoiAlign", form: "samples that depend on the data", x: [1, 1, 4, 4], others: [[0, 0, 2, 2], BigInt64Array.of(0n)], message: /sampling_ratio/ },
  {
    op: "Attention",
    form: "sliding windows",
    x: [1, 1, 2, 2],
    others: ["x1", "x1"],
    attributes: { left_window_size: 1 },
    opset: 24,
    message: /sliding windows/,
  },
  { op: "Dropout", form: "training", x: [2, 2], others: ["", Uint8Array.of(1)], message: /training mode/ },
];

describe("a form that no rule knows", () => {
  it.each(FORMS)("$op: $form", (form) => {
    expect(errorOf(modelOf(form), form.wrt ?? ["x0"])).toMatchObject({
      code: "MODEL_UNSUPPORTED",
      message: expect.stringMatching(form.message),
      details: { op: form.op, node: "node" },
    });
  });

  it("is refused when coverage is checked, together with all others, those in subgraphs too", () => {
    const training = tensorProto("training", { type: "bool", dims: [], data: Uint8Array.of(1) });
    const branch = (name: string, node: NodeProto) =>
      graphProto({ name, nodes: [node], inputs: [], outputs: [valueInfoProto(node.output[0]!, "float32", null)] });
    const model = modelProto({
      nodes: [
        nodeProto("LpPool", ["x0"], ["p"], { kernel_shape: [2], strides: [2], ceil_mode: 1 }, { name: "pool" }),
        nodeProto("Relu", ["p"], ["r"], {}, { name: "fine" }),
        nodeProto(
          "If",
          ["c"],
          ["b"],
          {
            then_branch: branch("then", nodeProto("Dropout", ["r", "", "training"], ["d"], {}, { name: "dropout" })),
            else_branch: branch("else", nodeProto("Identity", ["r"], ["i"])),
          },
          { name: "choice" },
        ),
        nodeProto("LpPool", ["b"], ["y"], { kernel_shape: [1], ceil_mode: 1 }, { name: "last" }),
      ],
      inputs: [valueInfoProto("x0", "float32", [1, 4, 5]), valueInfoProto("c", "bool", [])],
      outputs: [valueInfoProto("y", "float32", null)],
      initializers: [training],
      opset: 18,
    });
    let thrown: unknown;
    try {
      checkCoverage(typedGraph(prepareModel(model)), builtinRules, "y");
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      code: "MODEL_UNSUPPORTED",
      details: { of: "y", nodes: [{ node: "last" }, { node: "choice/dropout" }, { node: "pool" }] },
    });
  });

  it("refuses integer arithmetic between quantized numbers instead of taking it for a constant", () => {
    const scalars = [
      ["s", { type: "float32", dims: [], data: Float32Array.of(0.5) }],
      ["z", { type: "uint8", dims: [], data: Uint8Array.of(0) }],
      ["w", { type: "uint8", dims: [2, 1], data: Uint8Array.of(1, 2) }],
    ] as const;
    const model = modelProto({
      nodes: [
        nodeProto("QuantizeLinear", ["x0", "s", "z"], ["q"]),
        nodeProto("QLinearMatMul", ["q", "s", "z", "w", "s", "z", "s", "z"], ["p"], {}, { name: "product" }),
        nodeProto("DequantizeLinear", ["p", "s", "z"], ["y"]),
      ],
      inputs: [valueInfoProto("x0", "float32", [1, 2])],
      outputs: [valueInfoProto("y", "float32", [1, 1])],
      initializers: scalars.map(([name, tensor]) => tensorProto(name, tensor)),
      opset: 18,
    });
    expect(errorOf(model, ["x0"])).toMatchObject({ code: "GRADIENT_MISSING", message: expect.stringContaining('QLinearMatMul (node "product")') });
  });
});

function errorOf(model: ModelProto, wrt: readonly string[]): unknown {
  try {
    differentiate(model, { of: "y", wrt });
  } catch (error) {
    if (isXDeepError(error)) return error;
    throw error;
  }
  return null;
}

function modelOf({ op, x, others = [], attributes, opset }: Form): ModelProto {
  const constants = others.map((other, i) => (typeof other === "string" ? null : tensorProto(`c${i}`, constantOf(other))));
  const names = others.map((other, i) => (typeof other === "string" ? other : `c${i}`));
  return modelProto({
    nodes: [nodeProto(op, ["x0", ...names], ["y"], attributes, { name: "node" })],
    inputs: ["x0", "x1"].map((name) => valueInfoProto(name, "float32", x)),
    outputs: [valueInfoProto("y", "float32", null)],
    initializers: constants.filter((tensor) => tensor !== null),
    opset: opset ?? 18,
  });
}

/** Floats as rows of four, int64 lists, and a single byte as a truth value. */
function constantOf(data: readonly number[] | BigInt64Array | Uint8Array): Parameters<typeof tensorProto>[1] {
  if (data instanceof BigInt64Array) return { type: "int64", dims: [data.length], data };
  if (data instanceof Uint8Array) return { type: "bool", dims: [], data };
  return { type: "float32", dims: [1, data.length], data: Float32Array.from(data) };
}
