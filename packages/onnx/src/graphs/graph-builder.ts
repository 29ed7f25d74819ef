import { type DataType, XDeepError, sizeOf } from "@xdeep/core";
import { Attributes } from "./attributes.ts";
import { dataTypeCode } from "../files/data-type.ts";
import { type Dim, type Facts, staticDims, unknownFacts } from "./facts.ts";
import type { NodeProto, TensorProto } from "../gen/onnx_pb.ts";
import { countNodes, takeName } from "./graph-names.ts";
import { leastElements } from "../infer/least-elements.ts";
import { inferNode } from "../infer/infer-node.ts";
import { DEFAULT_LIMITS, type ModelLimits, beyondLimit } from "../files/limits.ts";
import { type AttributeValue, nodeProto } from "./node.ts";
import { type ConstantTensor, tensorProto } from "../files/tensor-data.ts";

/** A value of a graph that is being written: its name and what is known of it. */
export interface Value {
  readonly name: string;
  readonly facts: Facts;
}

export interface GraphBuilderOptions {
  /** Default-domain opset of the model that the nodes will stand in; at least 18. */
  readonly opset: number;
  /** Names that are in use already. The builder adds its own. */
  readonly taken: Set<string>;
  /** How much may be written; `valueElements` are those of the whole gradient. Default: `DEFAULT_LIMITS`. */
  readonly limits?: ModelLimits | undefined;
}

/** Nodes that a gradient may have for each node that its model may have. */
const NODES_PER_NODE = 4;

/** What a builder and those of its subgraphs have written so far. */
interface Written {
  nodes: number;
  /** Of constants. */
  elements: number;
  /** Of all values. */
  computed: number;
}

export interface EmitOptions {
  readonly domain?: string;
  /** Number of outputs; default 1. */
  readonly outputs?: number;
}

type Attrs = Readonly<Record<string, AttributeValue>>;

/**
 * Writes ONNX nodes with inferred facts: `g.mul(a, b)` appends a Mul node and returns its value. Names are invented here, after the
 * current scope, so that whoever reads the finished file finds the node that caused them.
 */
export class GraphBuilder {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  /** What is known of every value written here, by name. */
  readonly facts: Map<string, Facts> = new Map();
  readonly opset: number;
  readonly #taken: Set<string>;
  readonly #constants = new Map<string, Value>();
  readonly #limits: ModelLimits;
  readonly #written: Written;
  #scope = "";

  constructor(options: GraphBuilderOptions, written: Written = { nodes: 0, elements: 0, computed: 0 }) {
    this.opset = options.opset;
    this.#taken = options.taken;
    this.#limits = options.limits ?? DEFAULT_LIMITS;
    this.#written = written;
  }

  /** Names of what follows begin with this. */
  setScope(scope: string): void {
    this.#scope = scope;
  }

  /** A name that is not in use, made of the scope and a hint. */
  freshName(hint: string): string {
    return takeName(this.#taken, this.#scope === "" ? hint : `${this.#scope}/${hint}`);
  }

  /** A builder for a subgraph (a branch of If, a body of Loop): it sees outer values by name and shares the names in use. */
  subgraph(): GraphBuilder {
    const inner = new GraphBuilder({ opset: this.opset, taken: this.#taken, limits: this.#limits }, this.#written);
    inner.setScope(this.#scope);
    return inner;
  }

  /**
   * Appends nodes that were written elsewhere, such as the copy of a subgraph.
   *
   * @throws {XDeepError} MODEL_UNSUPPORTED beyond the limit of nodes
   */
  append(nodes: readonly NodeProto[], initializers: readonly TensorProto[] = []): void {
    this.#countNodes(countNodes(nodes));
    for (const node of nodes) this.nodes.push(node);
    for (const tensor of initializers) this.initializers.push(tensor);
  }

  #countNodes(count: number): void {
    this.#written.nodes += count;
    const most = NODES_PER_NODE * this.#limits.nodes;
    if (this.#written.nodes > most) throw beyondLimit("nodes", most, `${this.#written.nodes} nodes of a gradient and more`, this.#scope);
  }

  #countElements(facts: Facts): void {
    this.#written.computed += leastElements(facts);
    const most = this.#limits.valueElements;
    if (this.#written.computed > most) throw beyondLimit("valueElements", most, `${this.#written.computed} elements of a gradient`, this.#scope);
  }

  /**
   * Asks for a constant of so many elements, before memory is taken for it.
   *
   * @throws {XDeepError} MODEL_UNSUPPORTED beyond the limit of constants
   */
  #allow(elements: number): void {
    const [all, most] = [this.#written.elements + elements, this.#limits.constantElements];
    if (all > most) throw beyondLimit("constantElements", most, `${all} elements of constants for a gradient`, this.#scope);
  }

  /** Appends a node; null stands for an optional input left out. Returns its outputs. */
  emit(op: string, inputs: readonly (Value | null)[], attributes: Attrs = {}, options: EmitOptions = {}): Value[] {
    return this.#emit(this.#node(op, inputs, attributes, options), inputs);
  }

  /** Appends a node with one output. */
  op(op: string, inputs: readonly (Value | null)[], attributes: Attrs = {}): Value {
    return this.emit(op, inputs, attributes)[0] as Value;
  }

  /** Appends a copy of a node of the model with other inputs; the facts of its outputs are inferred anew. */
  repeat(node: NodeProto, inputs: readonly (Value | null)[], attributes: Attrs = {}, options: EmitOptions = {}): Value[] {
    const copy = this.#node(node.opType, inputs, attributes, { domain: node.domain, outputs: node.output.length, ...options });
    const replaced = new Attributes(copy);
    copy.attribute.push(...node.attribute.filter((attribute) => !replaced.has(attribute.name)));
    return this.#emit(copy, inputs);
  }

  #node(op: string, inputs: readonly (Value | null)[], attributes: Attrs, { domain, outputs: count = 1 }: EmitOptions): NodeProto {
    const outputs = Array.from({ length: count }, () => this.freshName(op));
    const names = trimmed(inputs.map((input) => input?.name ?? ""));
    return nodeProto(op, names, outputs, attributes, { name: outputs[0] ?? op, ...(domain === undefined ? {} : { domain }) });
  }

  #emit(node: NodeProto, inputs: readonly (Value | null)[]): Value[] {
    this.append([node]);
    const given = inputs.map((input) => input?.facts ?? null);
    const facts = inferNode(node, given, { opset: this.opset });
    return node.output.map((name, index) => {
      const value = this.#value(name, facts[index] ?? unknownFacts);
      this.#countElements(value.facts);
      return value;
    });
  }

  #value(name: string, facts: Facts): Value {
    this.facts.set(name, facts);
    return { name, facts };
  }

  /** An initializer; small equal ones are shared. */
  constant(constant: ConstantTensor, hint = "constant"): Value {
    const key = sizeOf(constant.dims) <= 16 ? `${constant.type}[${constant.dims}]${constantKey(constant)}` : undefined;
    const known = key === undefined ? undefined : this.#constants.get(key);
    if (known !== undefined) return known;
    this.#allow(sizeOf(constant.dims));
    this.#written.elements += sizeOf(constant.dims);
    const name = this.freshName(hint);
    this.initializers.push(tensorProto(name, constant));
    const value = this.#value(name, { type: constant.type, dims: constant.dims, constant });
    if (key !== undefined) this.#constants.set(key, value);
    return value;
  }

  /** A constant whose elements follow from their row-major place. Memory is taken for it only within the limit. */
  table(type: "float32" | "int64", dims: readonly number[], element: (place: number) => number, hint = "table"): Value {
    const length = sizeOf(dims);
    this.#allow(length);
    return type === "float32"
      ? this.constant({ type, dims, data: Float32Array.from({ length }, (_, place) => element(place)) }, hint)
      : this.constant({ type, dims, data: BigInt64Array.from({ length }, (_, place) => BigInt(element(place))) }, hint);
  }

  /** A list of int64, as axes, shapes and pads are given. */
  ints(list: readonly number[]): Value {
    return this.constant({ type: "int64", dims: [list.length], data: BigInt64Array.from(list, BigInt) }, "ints");
  }

  /** An int64 scalar. */
  int(value: number): Value {
    return this.constant({ type: "int64", dims: [], data: BigInt64Array.of(BigInt(value)) }, "int");
  }

  /** A scalar of the float type of `like`. */
  scalar(value: number, like: Value): Value {
    const type = floatTypeOf(like);
    if (type === "float32") return this.constant({ type, dims: [], data: Float32Array.of(value) }, "scalar");
    if (type === "float64") return this.constant({ type, dims: [], data: Float64Array.of(value) }, "scalar");
    const wide = this.constant({ type: "float32", dims: [], data: Float32Array.of(value) }, "scalar");
    return this.cast(wide, type);
  }

  add(a: Value, b: Value): Value {
    return this.op("Add", [a, b]);
  }
  sub(a: Value, b: Value): Value {
    return this.op("Sub", [a, b]);
  }
  mul(a: Value, b: Value): Value {
    return this.op("Mul", [a, b]);
  }
  div(a: Value, b: Value): Value {
    return this.op("Div", [a, b]);
  }
  pow(a: Value, b: Value): Value {
    return this.op("Pow", [a, b]);
  }
  neg(a: Value): Value {
    return this.op("Neg", [a]);
  }
  abs(a: Value): Value {
    return this.op("Abs", [a]);
  }
  sign(a: Value): Value {
    return this.op("Sign", [a]);
  }
  exp(a: Value): Value {
    return this.op("Exp", [a]);
  }
  log(a: Value): Value {
    return this.op("Log", [a]);
  }
  sqrt(a: Value): Value {
    return this.op("Sqrt", [a]);
  }
  reciprocal(a: Value): Value {
    return this.op("Reciprocal", [a]);
  }
  sigmoid(a: Value): Value {
    return this.op("Sigmoid", [a]);
  }
  tanh(a: Value): Value {
    return this.op("Tanh", [a]);
  }
  relu(a: Value): Value {
    return this.op("Relu", [a]);
  }
  softmax(a: Value, axis: number): Value {
    return this.op("Softmax", [a], { axis });
  }
  matmul(a: Value, b: Value): Value {
    return this.op("MatMul", [a, b]);
  }

  /** a · s for a number s. */
  scale(a: Value, factor: number): Value {
    return factor === 1 ? a : this.mul(a, this.scalar(factor, a));
  }
  /** a + s for a number s. */
  shift(a: Value, offset: number): Value {
    return offset === 0 ? a : this.add(a, this.scalar(offset, a));
  }
  square(a: Value): Value {
    return this.mul(a, a);
  }
  /** Sum of values of equal dims. */
  sum(values: readonly Value[]): Value {
    return values.length === 1 ? (values[0] as Value) : values.length === 2 ? this.add(values[0] as Value, values[1] as Value) : this.op("Sum", values);
  }

  greater(a: Value, b: Value): Value {
    return this.op("Greater", [a, b]);
  }
  less(a: Value, b: Value): Value {
    return this.op("Less", [a, b]);
  }
  greaterOrEqual(a: Value, b: Value): Value {
    return this.op("GreaterOrEqual", [a, b]);
  }
  lessOrEqual(a: Value, b: Value): Value {
    return this.op("LessOrEqual", [a, b]);
  }
  equal(a: Value, b: Value): Value {
    return this.op("Equal", [a, b]);
  }
  and(a: Value, b: Value): Value {
    return this.op("And", [a, b]);
  }
  or(a: Value, b: Value): Value {
    return this.op("Or", [a, b]);
  }
  not(a: Value): Value {
    return this.op("Not", [a]);
  }
  where(condition: Value, a: Value, b: Value): Value {
    return this.op("Where", [condition, a, b]);
  }
  /** a where the condition holds, else 0. Selects, so that infinities elsewhere do no harm. */
  keepWhere(condition: Value, a: Value): Value {
    return this.where(condition, a, this.scalar(0, a));
  }

  cast(a: Value, type: DataType): Value {
    return a.facts.type === type ? a : this.op("Cast", [a], { to: dataTypeCode(type) });
  }
  /** a with the element type of `like`. */
  castLike(a: Value, like: Value): Value {
    return this.cast(a, floatTypeOf(like));
  }

  reshape(a: Value, shape: Value): Value {
    return this.op("Reshape", [a, shape]);
  }
  /** a with the dims of `like`, which holds as many elements. */
  reshapeLike(a: Value, like: Value): Value {
    const dims: readonly Dim[] | null = like.facts.dims;
    const open = dims?.filter((dim) => typeof dim !== "number").length ?? Infinity;
    if (dims === null || open > 1 || dims.includes(0)) return this.op("Reshape", [a, this.shapeOf(like)], { allowzero: 1 });
    return this.reshape(a, this.ints(dims.map((dim) => (typeof dim === "number" ? dim : -1))));
  }
  expand(a: Value, shape: Value): Value {
    return this.op("Expand", [a, shape]);
  }
  /** a broadcast to the dims of `like`. */
  expandLike(a: Value, like: Value): Value {
    return this.expand(a, this.shapeOf(like));
  }
  transpose(a: Value, perm: readonly number[]): Value {
    return perm.every((axis, index) => axis === index) ? a : this.op("Transpose", [a], { perm });
  }
  squeeze(a: Value, axes: readonly number[]): Value {
    return axes.length === 0 ? a : this.op("Squeeze", [a, this.ints(axes)]);
  }
  unsqueeze(a: Value, axes: readonly number[]): Value {
    return axes.length === 0 ? a : this.op("Unsqueeze", [a, this.ints(axes)]);
  }
  concat(values: readonly Value[], axis: number): Value {
    return values.length === 1 ? (values[0] as Value) : this.op("Concat", values, { axis });
  }
  slice(a: Value, starts: Value, ends: Value, axes: Value, steps?: Value): Value {
    return this.op("Slice", [a, starts, ends, axes, steps ?? null]);
  }
  gather(a: Value, indices: Value, axis: number): Value {
    return this.op("Gather", [a, indices], { axis });
  }
  pad(a: Value, pads: Value): Value {
    return this.op("Pad", [a, pads]);
  }
  reduceSum(a: Value, axes: readonly number[], keepDims: boolean): Value {
    return axes.length === 0 ? a : this.op("ReduceSum", [a, this.ints(axes)], { keepdims: keepDims ? 1 : 0 });
  }

  zerosLike(a: Value): Value {
    return this.fillLike(a, 0);
  }
  /** Dims and float type of `a`, one value everywhere. */
  fillLike(a: Value, value: number): Value {
    return this.expandLike(this.scalar(value, a), a);
  }

  /** The dims of a value as int64: a constant where all are known. */
  shapeOf(a: Value): Value {
    const dims = staticDims(a.facts);
    return dims === null ? this.op("Shape", [a]) : this.ints(dims);
  }

  /** One dim of a value as an int64 list of length 1: a constant where it is known. */
  dimOf(a: Value, axis: number): Value {
    const dim = a.facts.dims?.at(axis);
    if (typeof dim === "number") return this.ints([dim]);
    return this.op("Shape", [a], axis === -1 ? { start: -1 } : { start: axis, end: axis + 1 });
  }
}

/** Number of axes of a value. @throws {XDeepError} MODEL_UNSUPPORTED where it is unknown before a run. */
export function rankOf(value: Value): number {
  if (value.facts.dims === null) {
    throw new XDeepError(
      "MODEL_UNSUPPORTED",
      `The number of axes of "${value.name}" is not known before a run, and its gradient needs it. Give the dims of inputs that the file leaves open (inputDims), or add shape information to the model.`,
      {
        details: { value: value.name },
      },
    );
  }
  return value.facts.dims.length;
}

function floatTypeOf(value: Value): DataType {
  return value.facts.type ?? "float32";
}

function trimmed(names: readonly string[]): readonly string[] {
  let end = names.length;
  while (end > 0 && names[end - 1] === "") end--;
  return names.slice(0, end);
}

function constantKey(constant: ConstantTensor): string {
  return Array.from(constant.data as ArrayLike<unknown>, (element) => (Object.is(element, -0) ? "-0" : String(element))).join();
}
