import type { RectifierRule } from "@xdeep/core";

import type { ActivationName } from "../networks/layer.ts";
import type { Network } from "../networks/network.ts";
import { inputsOf, mathOf } from "./evaluate.ts";
import type { Value } from "./value.ts";

export interface DifferentiateOptions {
  /** Name of the value that ȳ belongs to. */
  readonly of: string;
  readonly cotangent: Float64Array;
  readonly rule: RectifierRule;
  /** Names of rectifiers, as in a request: "Relu", "Relu6". */
  readonly rectifiers: readonly string[];
  /** Names of the values that cotangents are wanted of. */
  readonly wrt: readonly string[];
}

/** Cotangents of every value that `of` depends on, by name, and how many rectifiers between them and `wrt` the rule acted on. */
export interface Derivatives {
  readonly cotangents: ReadonlyMap<string, Float64Array>;
  readonly rectifiers: number;
}

/** Reverse mode on one row, by hand-written rules in double precision. */
export function differentiate(
  { nodes }: Network,
  values: ReadonlyMap<string, Value>,
  { of, cotangent, rule, rectifiers, wrt }: DifferentiateOptions,
): Derivatives {
  const cotangents = new Map([[of, cotangent]]);
  const moved = movedBy(nodes, wrt);
  let acted = 0;
  for (const node of nodes.toReversed()) {
    const dy = cotangents.get(node.name);
    if (dy === undefined) continue;
    const modified = rule !== "standard" && node.layer.op === "activation" && rectifiers.includes(RECTIFIERS[node.layer.name]);
    if (modified && node.from.some((name) => moved.has(name))) acted++;
    const inputs = mathOf(node.layer).pullback(node.layer, inputsOf(node, values), dy, modified ? rule : "standard");
    inputs.forEach((dx, i) => dx !== null && accumulate(cotangents, node.from[i]!, dx));
  }
  return { cotangents, rectifiers: acted };
}

/** The names under which activations count as rectifiers. */
export const RECTIFIERS: Readonly<Record<ActivationName, string>> = {
  elu: "Elu",
  leakyRelu: "LeakyRelu",
  relu: "Relu",
  relu6: "Relu6",
  sigmoid: "Sigmoid",
  softplus: "Softplus",
  tanh: "Tanh",
};

/** The values that move with those of `wrt`, these included. */
function movedBy(nodes: Network["nodes"], wrt: readonly string[]): ReadonlySet<string> {
  const moved = new Set(wrt);
  for (const { name, from } of nodes) if (from.some((source) => moved.has(source))) moved.add(name);
  return moved;
}

function accumulate(cotangents: Map<string, Float64Array>, name: string, dx: Float64Array): void {
  const sum = cotangents.get(name);
  cotangents.set(name, sum === undefined ? dx : sum.map((value, i) => value + dx[i]!));
}
