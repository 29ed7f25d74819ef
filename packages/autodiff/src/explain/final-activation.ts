import type { Activation } from "@xdeep/core";
import { Attributes, type NodeProto, isDefaultDomain, isFloatType, axisFromFront } from "@xdeep/onnx";
import { activationOperators, orderKeepingOperators } from "../graph/operator-traits.ts";
import type { TypedGraph } from "../graph/typed-graph.ts";
import { type Expression, call, constant, exp, log, power, product, reduction, scale, sum } from "../patterns/expression.ts";
import { type Pattern, findPattern } from "../patterns/find-pattern.ts";

/** The activation behind an output. */
export interface FinalActivation {
  readonly activation: Activation;
  /** The value that it is applied to. */
  readonly argument: string;
  /** The nodes between its result and the output, in order. They keep every entry, and move them at most. */
  readonly layout: readonly NodeProto[];
}

type Found = Omit<FinalActivation, "layout">;

const one = constant(1);
const half = constant(0.5);
const minus = (x: Expression): Expression => scale(x, -1);
const shares = (x: Expression, axes: readonly number[]): Expression => product(exp(x), power(reduction("sum", axes, exp(x)), -1));

/** What stands between a maximum and where it is subtracted. */
const LEADING_TO_MAXIMUM: ReadonlySet<string> = new Set(["Cast", "Expand", "Identity", "Max", "ReduceMax", "Reshape", "Squeeze", "Unsqueeze"]);

/** The activations as formulas. A maximum that is subtracted from all entries of a softmax cancels. */
const FORMULAS: readonly Pattern[] = [
  { name: "softmax", formula: (x, axes) => (axes.length === 0 ? null : shares(x, axes)) },
  { name: "log-softmax", formula: (x, axes) => (axes.length === 0 ? null : log(shares(x, axes))) },
  { name: "sigmoid", formula: (x) => power(sum(one, exp(minus(x))), -1) },
  { name: "sigmoid", formula: (x) => product(exp(x), power(sum(one, exp(x)), -1)) },
  { name: "sigmoid", formula: (x) => sum(half, product(half, call("tanh", product(half, x)))) },
];

/** What stable forms of softmax apply it to. */
const SHIFTED: readonly Pattern[] = [{ name: "shifted", formula: (x, axes) => sum(x, minus(reduction("max", axes, x))) }];

/** Finds the Softmax, LogSoftmax or Sigmoid that makes an output, one operator or written in small ones, or null where the output has none. */
export function finalActivation(graph: TypedGraph, output: string): FinalActivation | null {
  const layout: NodeProto[] = [];
  for (let name = output; ;) {
    const node = graph.producers.get(name);
    if (node === undefined || node.output[0] !== name || !isDefaultDomain(node.domain)) return null;
    const found = activationAt(graph, name, node);
    if (found !== null) return { ...found, layout };
    const [source = ""] = node.input;
    if (!(node.opType === "Transpose" || orderKeepingOperators.has(node.opType)) || !isFloatType(graph.facts.get(source)?.type ?? null)) return null;
    layout.unshift(node);
    name = source;
  }
}

function activationAt(graph: TypedGraph, name: string, node: NodeProto): Found | null {
  const operator = activationOperators[node.opType];
  if (operator !== undefined) {
    const found = { activation: operator, argument: node.input[0] ?? "" };
    return unshifted(graph, found, axesOf(graph, node)) ?? found;
  }
  const region = findPattern(graph, name, FORMULAS);
  return region === null ? null : unshifted(graph, { activation: region.pattern as Activation, argument: region.argument }, region.axes);
}

/**
 * Softmax is mostly computed of x − max x, and x is what is meant: entries of the difference say nothing of the largest, whose gradient is zero.
 * Null where something like a maximum is subtracted that is not the same along the axes: which scores are meant is unclear then.
 */
function unshifted(graph: TypedGraph, found: Found, axes: readonly number[]): Found | null {
  if (found.activation === "sigmoid") return found;
  const shift = findPattern(graph, found.argument, SHIFTED);
  if (shift !== null && axes.every((axis) => shift.axes.includes(axis))) return { ...found, argument: shift.argument };
  return subtractsMaximum(graph, found.argument) ? null : found;
}

function axesOf(graph: TypedGraph, node: NodeProto): readonly number[] {
  const rank = graph.facts.get(node.input[0] ?? "")?.dims?.length ?? 0;
  return [axisFromFront(new Attributes(node).int("axis", -1), rank)];
}

function subtractsMaximum(graph: TypedGraph, name: string): boolean {
  const node = graph.producers.get(name);
  if (node?.opType !== "Sub") return false;
  for (let subtracted = node.input[1] ?? ""; ;) {
    const producer = graph.producers.get(subtracted);
    if (producer === undefined || !LEADING_TO_MAXIMUM.has(producer.opType)) return false;
    if (producer.opType === "ReduceMax") return true;
    subtracted = producer.input.find((input) => graph.facts.get(input)?.constant === undefined) ?? "";
  }
}
