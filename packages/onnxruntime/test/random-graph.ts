import { type ModelProto, type NodeProto, type TensorProto, float, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { float32 } from "@xdeep/core";
import { intList, weights } from "./small-models.ts";

/** One step of a random graph: which operator, and which earlier values it reads. */
export interface Step {
  readonly op: number;
  readonly a: number;
  readonly b: number;
}

export interface RandomGraphOptions {
  readonly opset: number;
  readonly steps: readonly Step[];
  /** "N", or a fixed number. */
  readonly batch: string | number;
}

/** Dims of every value between input and head, without the batch: operators that change them change them back. */
const [C, H, W] = [3, 4, 5];

/** x [N, 3, 4, 5] → random steps → mean of all that nothing reads → flatten → logits "y" [N, 4], in the operator forms of the opset. */
export function randomGraph({ opset, steps, batch }: RandomGraphOptions): ModelProto {
  const writer = new Writer(opset);
  const available = OPERATORS.filter(({ since = 7 }) => since <= opset);
  const values = ["x"];
  const unread = new Set(["x"]);
  for (const { op, a, b } of steps) {
    const inputs = [values[a % values.length]!, values[b % values.length]!] as const;
    const { write, binary = false } = available[op % available.length]!;
    unread.delete(inputs[0]);
    if (binary) unread.delete(inputs[1]);
    const output = write(writer, inputs[0], inputs[1]);
    values.push(output);
    unread.add(output);
  }
  const total = unread.size === 1 ? [...unread][0]! : writer.node("Mean", [...unread]);
  const flat = writer.node("Flatten", [total]);
  writer.nodes.push(nodeProto("MatMul", [flat, writer.weights([C * H * W, 4])], ["y"]));
  return modelProto({
    nodes: writer.nodes,
    inputs: [valueInfoProto("x", "float32", [batch, C, H, W])],
    outputs: [valueInfoProto("y", "float32", [batch, 4])],
    initializers: writer.initializers,
    opset,
  });
}

/** Row dims of the input. */
export const ROW_DIMS: readonly number[] = [C, H, W];

class Writer {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly opset: number;

  constructor(opset: number) {
    this.opset = opset;
  }

  node(op: string, inputs: readonly string[], attributes: Parameters<typeof nodeProto>[3] = {}, outputs = 1): string {
    const names = Array.from({ length: outputs }, (_, i) => `v${this.nodes.length}_${i}`);
    this.nodes.push(nodeProto(op, inputs, names, attributes));
    return names[0]!;
  }

  weights(dims: readonly number[]): string {
    return this.#add((name) => weights(name, 100 + this.initializers.length, dims));
  }

  positive(dims: readonly number[]): string {
    return this.#add((name) =>
      tensorProto(
        name,
        float32(
          dims,
          Array.from({ length: dims[0]! }, (_, i) => 0.5 + i / 2),
        ),
      ),
    );
  }

  scalar(value: number): string {
    return this.#add((name) => tensorProto(name, float32([], [value])));
  }

  ints(values: readonly number[]): string {
    return this.#add((name) => intList(name, values));
  }

  /** Lists that became inputs with opset `since`. */
  listed(
    since: number,
    op: string,
    input: string,
    lists: Readonly<Record<string, readonly number[]>>,
    attributes: Parameters<typeof nodeProto>[3] = {},
    outputs = 1,
  ): string {
    return this.opset < since
      ? this.node(op, [input], { ...attributes, ...lists }, outputs)
      : this.node(op, [input, ...Object.values(lists).map((list) => this.ints(list))], attributes, outputs);
  }

  #add(make: (name: string) => TensorProto): string {
    const tensor = make(`w${this.initializers.length}`);
    this.initializers.push(tensor);
    return tensor.name;
  }
}

interface RandomOperator {
  readonly name: string;
  readonly since?: number;
  readonly binary?: boolean;
  readonly write: (w: Writer, a: string, b: string) => string;
}

const unary = (name: string, attributes: Parameters<typeof nodeProto>[3] = {}, since = 7): RandomOperator => ({
  name,
  since,
  write: (w, a) => w.node(name, [a], attributes),
});
const binary = (name: string): RandomOperator => ({ name, binary: true, write: (w, a, b) => w.node(name, [a, b]) });

export const OPERATORS: readonly RandomOperator[] = [
  ...["Tanh", "Sigmoid", "Relu", "Softplus", "Softsign", "Neg", "Abs", "Identity"].map((name) => unary(name)),
  unary("LeakyRelu", { alpha: float(0.2) }),
  unary("Elu", { alpha: float(0.7) }),
  unary("HardSigmoid"),
  unary("Gelu", {}, 20),
  unary("HardSwish", {}, 14),
  unary("Mish", {}, 18),
  unary("Erf", {}, 9),
  ...["Add", "Sub", "Mul", "Max", "Min", "Sum"].map(binary),
  { name: "Div", binary: true, write: (w, a, b) => w.node("Div", [a, w.node("Add", [w.node("Abs", [b]), w.scalar(1)])]) },
  { name: "PRelu", write: (w, a) => w.node("PRelu", [a, w.weights([C, 1, 1])]) },
  { name: "AddChannel", write: (w, a) => w.node("Add", [w.weights([C, 1, 1]), a]) },
  { name: "MulRow", write: (w, a) => w.node("Mul", [a, w.weights([W])]) },
  { name: "Conv", write: (w, a) => w.node("Conv", [a, w.weights([C, C, 3, 3]), w.weights([C])], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }) },
  { name: "MaxPool", write: (w, a) => w.node("MaxPool", [a], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }) },
  { name: "AveragePool", write: (w, a) => w.node("AveragePool", [a], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 }) },
  { name: "BatchNormalization", write: (w, a) => w.node("BatchNormalization", [a, w.weights([C]), w.weights([C]), w.weights([C]), w.positive([C])]) },
  { name: "InstanceNormalization", write: (w, a) => w.node("InstanceNormalization", [a, w.weights([C]), w.weights([C])]) },
  { name: "LayerNormalization", since: 17, write: (w, a) => w.node("LayerNormalization", [a, w.weights([W])]) },
  { name: "Dropout", write: (w, a) => w.node("Dropout", [a]) },
  {
    name: "Clip",
    write: (w, a) => (w.opset < 11 ? w.node("Clip", [a], { min: float(-0.5), max: float(0.8) }) : w.node("Clip", [a, w.scalar(-0.5), w.scalar(0.8)])),
  },
  ...[1, 2, 3].map((axis): RandomOperator => ({ name: `Softmax ${axis}`, write: (w, a) => w.node("Softmax", [a], { axis }) })),
  ...["ReduceMean", "ReduceMax", "ReduceL2", "ReduceLogSumExp"].map((name): RandomOperator => ({
    name,
    binary: true,
    write: (w, a, b) => w.node("Add", [b, w.listed(18, name, a, { axes: [2] })]),
  })),
  { name: "ReduceSum", binary: true, write: (w, a, b) => w.node("Sub", [b, w.listed(13, "ReduceSum", a, { axes: [1, 3] })]) },
  { name: "Transpose", write: (w, a) => w.node("Transpose", [w.node("Tanh", [w.node("Transpose", [a], { perm: [0, 3, 1, 2] })])], { perm: [0, 2, 3, 1] }) },
  { name: "Reshape", write: (w, a) => w.node("Reshape", [w.node("Softmax", [w.node("Reshape", [a, w.ints([0, -1])])], { axis: 1 }), w.ints([-1, C, H, W])]) },
  {
    name: "Squeeze",
    write: (w, a) => w.listed(13, "Squeeze", w.node("MatMul", [w.listed(13, "Unsqueeze", a, { axes: [1] }), w.weights([W, W])]), { axes: [1] }),
  },
  { name: "SliceAndPad", write: (w, a) => pad(w, slice(w, a)) },
  { name: "SplitAndConcat", write: (w, a) => split(w, a) },
  { name: "GlobalAveragePool", binary: true, write: (w, a, b) => w.node("Mul", [b, w.node("GlobalAveragePool", [a])]) },
];

/** Columns 1 to 3. */
function slice(w: Writer, a: string): string {
  return w.opset < 10 ? w.node("Slice", [a], { starts: [1], ends: [4], axes: [3] }) : w.node("Slice", [a, w.ints([1]), w.ints([4]), w.ints([3])]);
}

function pad(w: Writer, a: string): string {
  const pads = [0, 0, 0, 1, 0, 0, 0, 1];
  return w.opset < 11 ? w.node("Pad", [a], { pads, mode: "reflect" }) : w.node("Pad", [a, w.ints(pads)], { mode: "reflect" });
}

/** The first channel after the other two, squared. */
function split(w: Writer, a: string): string {
  const first = w.listed(13, "Split", a, { split: [1, 2] }, { axis: 1 }, 2);
  const rest = first.replace(/_0$/, "_1");
  return w.node("Concat", [w.node("Mul", [rest, rest]), first], { axis: 1 });
}
