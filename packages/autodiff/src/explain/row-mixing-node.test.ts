import { type Dim, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { typedGraph } from "../graph/typed-graph.ts";
import { prepareModel } from "../prepare/prepare-model.ts";
import { rowMixingNode } from "./row-mixing-node.ts";

type Line = readonly [op: string, values: string, attributes?: Parameters<typeof nodeProto>[3]];

/** ["ReduceMean", "x axis0 -> m"]: what an operator reads and makes. x is [N, 6, 4]; the last line makes y. */
const MIXING: readonly (readonly [string, string, readonly Line[]])[] = [
  [
    "a mean over the batch is subtracted",
    "ReduceMean",
    [
      ["ReduceMean", "x axis0 -> m"],
      ["Sub", "x m -> y"],
    ],
  ],
  [
    "a mean over everything is subtracted",
    "ReduceMean",
    [
      ["ReduceMean", "x -> m"],
      ["Sub", "x m -> y"],
    ],
  ],
  ["a softmax runs along the batch", "Softmax", [["Softmax", "x -> y", { axis: 0 }]]],
  ["a sum runs along the batch", "CumSum", [["CumSum", "x zero -> y"]]],
  [
    "statistics are those of training",
    "BatchNormalization",
    [
      ["Relu", "x -> q"],
      ["BatchNormalization", "q six six six six -> y", { training_mode: 1 }],
    ],
  ],
  [
    "rows are compared with each other",
    "MatMul",
    [
      ["Flatten", "x -> f"],
      ["Transpose", "f -> t", { perm: [1, 0] }],
      ["MatMul", "f t -> y"],
    ],
  ],
  [
    "rows are added up in pairs",
    "Sub",
    [
      ["ReduceSum", "x axes12 -> s"],
      ["Reshape", "s row -> a"],
      ["Reshape", "s column -> b"],
      ["Sub", "b a -> y"],
    ],
  ],
  [
    "a product sums over the batch",
    "MatMul",
    [
      ["Flatten", "x -> f"],
      ["Transpose", "f -> t", { perm: [1, 0] }],
      ["Flatten", "x -> g"],
      ["MatMul", "t g -> y"],
    ],
  ],
  [
    "every row is compared with the first",
    "Gather",
    [
      ["Gather", "x zero -> first", { axis: 0 }],
      ["Sub", "x first -> y"],
    ],
  ],
  ["a recurrent layer goes through the rows", "GRU", [["GRU", "x w r -> y", { hidden_size: 4 }]]],
  [
    "normalisation takes the batch for a spatial axis",
    "InstanceNormalization",
    [
      ["Transpose", "x -> t", { perm: [1, 2, 0] }],
      ["InstanceNormalization", "t four four -> y"],
    ],
  ],
  [
    "a convolution slides over the batch",
    "Conv",
    [
      ["Transpose", "x -> t", { perm: [1, 2, 0] }],
      ["Conv", "t kernel -> y"],
    ],
  ],
  [
    "a window over rows is pooled",
    "MaxPool",
    [
      ["Unsqueeze", "x axes01 -> u"],
      ["MaxPool", "u -> y", { kernel_shape: [2, 1, 1] }],
    ],
  ],
];

const APART: readonly (readonly [string, readonly Line[]])[] = [
  [
    "a mean is taken over another axis",
    [
      ["ReduceMean", "x axis1 -> m"],
      ["Sub", "x m -> y"],
    ],
  ],
  [
    "the batch axis is moved, and the first axis averaged",
    [
      ["Transpose", "x -> t", { perm: [1, 0, 2] }],
      ["ReduceMean", "t axis0 -> y"],
    ],
  ],
  [
    "a recurrent layer has the batch second",
    [
      ["Transpose", "x -> t", { perm: [1, 0, 2] }],
      ["GRU", "t w r -> y", { hidden_size: 4 }],
    ],
  ],
  [
    "heads are folded into the batch",
    [
      ["Reshape", "x heads -> h"],
      ["Transpose", "h -> q", { perm: [0, 2, 1, 3] }],
      ["Reshape", "q folded -> f"],
      ["Transpose", "f -> k", { perm: [0, 2, 1] }],
      ["MatMul", "f k -> s"],
      ["Softmax", "s -> p"],
      ["MatMul", "p f -> o"],
      ["Reshape", "o unfolded -> y"],
    ],
  ],
  [
    "the batch is folded into channels that are normalised one by one",
    [
      ["Reshape", "x channels -> c"],
      ["InstanceNormalization", "c ones ones -> n"],
      ["Reshape", "n back -> y"],
    ],
  ],
  [
    "a window that is one row high is pooled, as JAX writes pools over all axes",
    [
      ["Unsqueeze", "x axes01 -> u"],
      ["MaxPool", "u -> p", { kernel_shape: [1, 2, 2], strides: [1, 2, 1], pads: [0, 0, 1, 0, 0, 0] }],
      ["Squeeze", "p axes01 -> y"],
    ],
  ],
  ["running statistics are used", [["BatchNormalization", "x six six six six -> y"]]],
  ["something is added to every row", [["Add", "x table -> y"]]],
  ["one position is taken", [["Gather", "x zero -> y", { axis: 1 }]]],
  [
    "rows are looked up in a table",
    [
      ["MatMul", "x square -> s"],
      ["Softmax", "s -> y", { axis: -1 }],
    ],
  ],
];

const SIZES: readonly Dim[] = ["N", null];

describe("rows of a batch", () => {
  it.each(MIXING)("depend on each other where %s", (_, op, lines) => {
    for (const rows of SIZES) expect(rowMixingNode(graphOf(rows, lines), "y")?.opType).toBe(op);
  });

  it.each(APART)("stay apart where %s", (_, lines) => {
    for (const rows of SIZES) expect(rowMixingNode(graphOf(rows, lines), "y")).toBeNull();
  });

  it("are not looked for where the file holds one", () => {
    expect(
      rowMixingNode(
        graphOf(1, [
          ["ReduceMean", "x axis0 -> m"],
          ["Sub", "x m -> y"],
        ]),
        "y",
      ),
    ).toBeNull();
  });
});

function graphOf(rows: Dim, lines: readonly Line[]): ReturnType<typeof typedGraph> {
  const floats = (name: string, ...dims: number[]) =>
    tensorProto(name, { type: "float32", dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(0.5) });
  const ints = (name: string, ...values: number[]) => tensorProto(name, { type: "int64", dims: [values.length], data: BigInt64Array.from(values, BigInt) });
  const nodes = lines.map(([op, values, attributes]) => {
    const [reads = "", makes = ""] = values.split(" -> ");
    return nodeProto(op, reads.split(" "), [makes], attributes);
  });
  const model = modelProto({
    nodes,
    inputs: [valueInfoProto("x", "float32", [rows, 6, 4])],
    outputs: [valueInfoProto("y", "float32", null)],
    initializers: [
      floats("six", 6),
      floats("four", 4),
      floats("ones", 6),
      floats("table", 1, 6, 4),
      floats("square", 4, 4),
      floats("kernel", 2, 4, 3),
      floats("w", 1, 12, 4),
      floats("r", 1, 12, 4),
      tensorProto("zero", { type: "int64", dims: [], data: BigInt64Array.of(0n) }),
      ints("axis0", 0),
      ints("axis1", 1),
      ints("axes01", 0, 1),
      ints("axes12", 1, 2),
      ints("row", 1, -1),
      ints("column", -1, 1),
      ints("heads", 0, 6, 2, 2),
      ints("folded", -1, 6, 2),
      ints("unfolded", -1, 2, 6, 2),
      ints("channels", 1, -1, 4),
      ints("back", -1, 6, 4),
    ],
    opset: 18,
  });
  return typedGraph(prepareModel(model));
}
