import { toFloat64 } from "@xdeep/core/backend";
import { Attributes, type Dim, type NodeProto, isDefaultDomain, isFloatType, numbersOf, axisFromFront } from "@xdeep/onnx";
import type { TypedGraph } from "../graph/typed-graph.ts";
import { type Expression, call, constant, exp, leaf, log, power, product, reduction, scale, sum } from "./expression.ts";
import { isSameValue } from "./same-value.ts";

/** Nodes that are read, and the length of a key, at most: patterns are short, and graphs whose formulas explode are no patterns. */
const LIMITS = { nodes: 64, key: 4000 };

/** By axis of a value: the axis of the whole formula that it runs along, or null where it is stretched. */
type Along = readonly (number | null)[];

type Operands = readonly Expression[];

/** Operators that act entry by entry. */
const ELEMENTWISE: Readonly<Record<string, (operands: Operands) => Expression | null>> = {
  Add: (operands) => sum(...operands),
  Div: ([a, b]) => product(a as Expression, power(b as Expression, -1)),
  Exp: ([x]) => exp(x as Expression),
  Log: ([x]) => log(x as Expression),
  Max: (operands) => onlyVarying(operands),
  Mul: (operands) => product(...operands),
  Neg: ([x]) => scale(x as Expression, -1),
  Pow: ([x, k]) => (k?.kind === "constant" ? power(x as Expression, k.value) : null),
  Reciprocal: ([x]) => power(x as Expression, -1),
  Sigmoid: ([x]) => power(sum(constant(1), exp(scale(x as Expression, -1))), -1),
  Softplus: ([x]) => log(sum(constant(1), exp(x as Expression))),
  Sub: ([a, b]) => sum(a as Expression, scale(b as Expression, -1)),
  Sum: (operands) => sum(...operands),
  Tanh: ([x]) => call("tanh", x as Expression),
};

/** Operators that reduce axes, or normalise along one. */
const ALONG_AXES: Readonly<Record<string, (x: Expression, axes: readonly number[]) => Expression>> = {
  LogSoftmax: (x, axes) => log(shares(x, axes)),
  ReduceLogSum: (x, axes) => log(reduction("sum", axes, x)),
  ReduceLogSumExp: (x, axes) => log(reduction("sum", axes, exp(x))),
  ReduceMax: (x, axes) => reduction("max", axes, x),
  ReduceSum: (x, axes) => reduction("sum", axes, x),
  Softmax: (x, axes) => shares(x, axes),
};

/** Operators that pass entries on, to other places perhaps. */
const PASSING: ReadonlySet<string> = new Set(["Cast", "Expand", "Identity", "Reshape", "Squeeze", "Unsqueeze"]);

/** Whether patterns may go on through this node. */
export function isReadable({ opType, domain }: NodeProto): boolean {
  return isDefaultDomain(domain) && (Object.hasOwn(ELEMENTWISE, opType) || Object.hasOwn(ALONG_AXES, opType) || PASSING.has(opType));
}

/**
 * A value as a formula of one other value, entry by entry along the same axes; null where it depends on anything else, or where the dims that
 * are known do not show how reduced values are stretched again.
 */
export function readExpression(graph: TypedGraph, name: string, of: string): Expression | null {
  const dims = graph.facts.get(name)?.dims ?? null;
  const own = graph.facts.get(of)?.dims ?? null;
  if (dims === null || own === null || !isSameShape(dims, own)) return null;
  return new Reader(graph, of, own).read(name, identity(dims));
}

class Reader {
  readonly #graph: TypedGraph;
  readonly #leaf: string;
  readonly #dims: readonly Dim[];
  readonly #read = new Map<string, Expression | null>();

  constructor(graph: TypedGraph, name: string, dims: readonly Dim[]) {
    this.#graph = graph;
    this.#leaf = name;
    this.#dims = dims;
  }

  read(name: string, along: Along): Expression | null {
    const key = JSON.stringify([name, along]);
    const known = this.#read.get(key);
    if (known !== undefined) return known;
    if (this.#read.size >= LIMITS.nodes) return null;
    this.#read.set(key, null);
    const found = this.#find(name, along);
    const kept = found === null || found.key.length > LIMITS.key ? null : found;
    this.#read.set(key, kept);
    return kept;
  }

  #find(name: string, along: Along): Expression | null {
    if (isSameValue(this.#graph, name, this.#leaf)) return runsAlong(along, this.#dims) ? leaf(this.#leaf) : null;
    const uniform = uniformOf(this.#graph, name);
    if (uniform !== null) return constant(uniform);
    const node = this.#graph.producers.get(name);
    if (node === undefined || node.output[0] !== name || !isReadable(node)) return null;
    if (PASSING.has(node.opType)) return this.#passed(node, name, along);
    const formula = ALONG_AXES[node.opType];
    return formula === undefined ? this.#elementwise(node, along) : this.#alongAxes(node, along, formula);
  }

  #elementwise(node: NodeProto, along: Along): Expression | null {
    const operands: Expression[] = [];
    for (const name of node.input) {
      const dims = this.#dimsOf(name);
      const operand = dims === null || dims.length > along.length ? null : this.read(name, stretched(along, dims));
      if (operand === null) return null;
      operands.push(operand);
    }
    return ELEMENTWISE[node.opType]?.(operands) ?? null;
  }

  /** What is left of the axes must run as it did before: a maximum over rows that is subtracted from columns is another formula. */
  #alongAxes(node: NodeProto, along: Along, formula: (x: Expression, axes: readonly number[]) => Expression): Expression | null {
    const [source = ""] = node.input;
    const dims = this.#dimsOf(source);
    const axes = dims === null ? null : axesOf(this.#graph, node, dims.length);
    if (dims === null || axes === null || dims.length !== this.#dims.length) return null;
    const keeps = !node.opType.startsWith("Reduce") || new Attributes(node).int("keepdims", 1) === 1;
    const left = keeps ? along : axes.toSorted((a, b) => a - b).reduce<Along>((labels, axis) => labels.toSpliced(axis, 0, null), along);
    const asBefore = left.map((label, axis) => (axes.includes(axis) && node.opType.startsWith("Reduce") ? axis : label));
    const operand = runsAlong(asBefore, dims) ? this.read(source, identity(dims)) : null;
    return operand === null ? null : formula(operand, axes);
  }

  #passed(node: NodeProto, name: string, along: Along): Expression | null {
    const [source = ""] = node.input;
    if (node.opType === "Cast" && !isFloatType(this.#graph.facts.get(source)?.type ?? null)) return null;
    if (node.opType === "Identity" || node.opType === "Cast") return this.read(source, along);
    const [from, to] = [this.#dimsOf(source), this.#dimsOf(name)];
    if (from === null || to === null) return null;
    const before = node.opType === "Expand" ? (from.length > along.length ? null : stretched(along, from)) : reshaped(along, from, to);
    return before === null ? null : this.read(source, before);
  }

  #dimsOf(name: string): readonly Dim[] | null {
    return this.#graph.facts.get(name)?.dims ?? null;
  }
}

function shares(x: Expression, axes: readonly number[]): Expression {
  return product(exp(x), power(reduction("sum", axes, exp(x)), -1));
}

/** A maximum with the lowest number, as reductions begin with in JAX, changes nothing. */
function onlyVarying(operands: Operands): Expression | null {
  const others = operands.filter((operand) => operand.kind !== "constant" || operand.value > -3.4e38);
  return others.length === 1 ? (others[0] as Expression) : null;
}

function identity(dims: readonly Dim[]): Along {
  return dims.map((_, axis) => axis);
}

/** Axis by axis; where the size is 1 it makes no difference. */
function runsAlong(along: Along, dims: readonly Dim[]): boolean {
  return along.length === dims.length && along.every((label, axis) => label === axis || dims[axis] === 1);
}

/** An operand beside larger ones: its axes are the last, and those of size 1 are stretched. */
function stretched(along: Along, dims: readonly Dim[]): Along {
  return along.slice(along.length - dims.length).map((label, axis) => (dims[axis] === 1 ? null : label));
}

/** Where entries keep their order and only axes of size 1 come and go: the axes before a Reshape, Squeeze or Unsqueeze. At most one size may be unknown. */
function reshaped(along: Along, from: readonly Dim[], to: readonly Dim[]): Along | null {
  if (along.length !== to.length) return null;
  const labels = along.filter((_, axis) => to[axis] !== 1);
  const [before, after] = [from.filter((dim) => dim !== 1), to.filter((dim) => dim !== 1)];
  const unsure = before.filter((dim, i) => dim === null || dim !== after[i]);
  if (before.length !== after.length || unsure.length > 1 || areContrary(before, after)) return null;
  let next = 0;
  return from.map((dim) => (dim === 1 ? null : (labels[next++] ?? null)));
}

/** Sizes that are known agree, and one at most goes by another name: batches do where exporters take their size from the input and put it into a Reshape. */
function isSameShape(a: readonly Dim[], b: readonly Dim[]): boolean {
  const others = a.filter((dim, axis) => dim !== null && b[axis] !== null && dim !== b[axis]);
  return a.length === b.length && others.length <= 1 && !areContrary(a, b);
}

/** Whether two numbers differ. */
function areContrary(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a.some((dim, axis) => typeof dim === "number" && typeof b[axis] === "number" && dim !== b[axis]);
}

function axesOf(graph: TypedGraph, node: NodeProto, rank: number): readonly number[] | null {
  const attributes = new Attributes(node);
  const listed = node.opType.startsWith("Reduce") ? reducedAxesOf(graph, node) : [attributes.int("axis", -1)];
  if (listed === null) return null;
  const axes = listed.length === 0 ? Array.from({ length: rank }, (_, axis) => axis) : listed.map((axis) => axisFromFront(axis, rank));
  return attributes.int("noop_with_empty_axes", 0) === 1 && listed.length === 0 ? null : axes;
}

/** Axes are an attribute in old operators, an input in new ones. */
export function reducedAxesOf(graph: TypedGraph, node: NodeProto): readonly number[] | null {
  const attributes = new Attributes(node);
  const name = node.input[1] ?? "";
  if (name === "") return attributes.ints("axes", []);
  const facts = graph.facts.get(name);
  return facts === undefined ? null : numbersOf(facts);
}

/** The number that every entry of a constant is, or null. */
function uniformOf(graph: TypedGraph, name: string): number | null {
  const facts = graph.facts.get(name);
  if (facts?.constant === undefined || !isFloatType(facts.type)) return null;
  const numbers = toFloat64(facts.constant);
  const [first] = numbers;
  return first !== undefined && numbers.every((value) => value === first) ? first : null;
}
