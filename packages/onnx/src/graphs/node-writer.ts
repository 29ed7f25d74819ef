import { type DataType, sizeOf } from "@xdeep/core";
import { Attributes } from "./attributes.ts";
import { dataTypeCode } from "../files/data-type.ts";
import { type Facts, unknownFacts } from "./facts.ts";
import type { NodeProto, TensorProto } from "../gen/onnx_pb.ts";
import { countNodes, takeName } from "./graph-names.ts";
import { inferNode } from "../infer/infer-node.ts";
import type { ModelLimits } from "../files/limits.ts";
import { type AttributeValue, nodeProto } from "./node.ts";
import { type ConstantTensor, tensorProto } from "../files/tensor-data.ts";
import { WrittenSoFar } from "./written-so-far.ts";

/** A value of a graph that is being written: its name and what is known of it. */
export interface Value {
  readonly name: string;
  readonly facts: Facts;
}

export interface NodeWriterOptions {
  /** Default-domain opset of the model that the nodes will stand in; at least 18. */
  readonly opset: number;
  /** Names that are in use already. The writer adds its own. */
  readonly taken: Set<string>;
  /** How much may be written; `valueElements` are those of the whole gradient. Default: `DEFAULT_LIMITS`. */
  readonly limits?: ModelLimits | undefined;
}

export interface EmitOptions {
  readonly domain?: string;
  /** Number of outputs; default 1. */
  readonly outputs?: number;
}

export type NodeAttributes = Readonly<Record<string, AttributeValue>>;

/**
 * Writes ONNX nodes and constants, within limits. Names are invented here, after the current scope, so that whoever reads the finished
 * file finds the node that caused them.
 */
export class NodeWriter {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  /** What is known of every value written here, by name. */
  readonly facts: Map<string, Facts> = new Map();
  readonly opset: number;
  protected readonly taken: Set<string>;
  protected readonly written: WrittenSoFar;
  protected scope = "";
  readonly #constants = new Map<string, Value>();

  constructor({ opset, taken, limits }: NodeWriterOptions, written: WrittenSoFar = new WrittenSoFar(limits)) {
    this.opset = opset;
    this.taken = taken;
    this.written = written;
  }

  /** Names of what follows begin with this. */
  setScope(scope: string): void {
    this.scope = scope;
  }

  /** A name that is not in use, made of the scope and a hint. */
  freshName(hint: string): string {
    return takeName(this.taken, this.scope === "" ? hint : `${this.scope}/${hint}`);
  }

  /**
   * Appends nodes that were written elsewhere, such as the copy of a subgraph.
   *
   * @throws {XDeepError} MODEL_UNSUPPORTED beyond the limit of nodes
   */
  append(nodes: readonly NodeProto[], initializers: readonly TensorProto[] = []): void {
    this.written.addNodes(countNodes(nodes), this.scope);
    for (const node of nodes) this.nodes.push(node);
    for (const tensor of initializers) this.initializers.push(tensor);
  }

  /** Appends a node; null stands for an optional input left out. Returns its outputs. */
  emit(op: string, inputs: readonly (Value | null)[], attributes: NodeAttributes = {}, options: EmitOptions = {}): Value[] {
    return this.#emit(this.#node(op, inputs, attributes, options), inputs);
  }

  /** Appends a node with one output. */
  op(op: string, inputs: readonly (Value | null)[], attributes: NodeAttributes = {}): Value {
    return this.emit(op, inputs, attributes)[0] as Value;
  }

  /** Appends a copy of a node of the model with other inputs; the facts of its outputs are inferred anew. */
  repeat(node: NodeProto, inputs: readonly (Value | null)[], attributes: NodeAttributes = {}, options: EmitOptions = {}): Value[] {
    const copy = this.#node(node.opType, inputs, attributes, { domain: node.domain, outputs: node.output.length, ...options });
    const replaced = new Attributes(copy);
    copy.attribute.push(...node.attribute.filter((attribute) => !replaced.has(attribute.name)));
    return this.#emit(copy, inputs);
  }

  #node(op: string, inputs: readonly (Value | null)[], attributes: NodeAttributes, { domain, outputs: count = 1 }: EmitOptions): NodeProto {
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
      this.written.addValue(value.facts, this.scope);
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
    this.written.addConstant(sizeOf(constant.dims), this.scope);
    const name = this.freshName(hint);
    this.initializers.push(tensorProto(name, constant));
    const value = this.#value(name, { type: constant.type, dims: constant.dims, constant });
    if (key !== undefined) this.#constants.set(key, value);
    return value;
  }

  /** A constant whose elements follow from their row-major place. Memory is taken for it only within the limit. */
  table(type: "float32" | "int64", dims: readonly number[], element: (place: number) => number, hint = "table"): Value {
    const length = sizeOf(dims);
    this.written.allowConstant(length, this.scope);
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
    return this.op("Cast", [wide], { to: dataTypeCode(type) });
  }
}

/** The element type of a value, float32 where nothing is known of it. */
export function floatTypeOf(value: Value): DataType {
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
