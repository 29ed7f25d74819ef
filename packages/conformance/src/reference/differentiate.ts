import type { RectifierRule } from "@xdeep/core";

import type { Network, NetworkNode } from "../network.ts";
import { inputsOf, mathOf } from "./evaluate.ts";
import type { Value } from "./value.ts";

export interface DifferentiateOptions {
  /** Name of the value that ȳ belongs to. */
  readonly of: string;
  readonly cotangent: Float64Array;
  readonly rule: RectifierRule;
  /** Names of rectifiers, as in a request: "Relu", "Relu6". */
  readonly rectifiers: readonly string[];
}

/** Cotangents of every value that `of` depends on, by name, and how many rectifiers the rule acted on. */
export interface Derivatives {
  readonly cotangents: ReadonlyMap<string, Float64Array>;
  readonly rectifiers: number;
}

/** Reverse mode on one row, by hand-written rules in double precision. */
export function differentiate({ nodes }: Network, values: ReadonlyMap<string, Value>, { of, cotangent, rule, rectifiers }: DifferentiateOptions): Derivatives {
  const cotangents = new Map([[of, cotangent]]);
  let acted = 0;
  for (const node of nodes.toReversed()) {
    const dy = cotangents.get(node.name);
    if (dy === undefined) continue;
    const modified = rule !== "standard" && rectifiers.includes(rectifierName(node) ?? "");
    if (modified) acted++;
    const inputs = mathOf(node.layer).pullback(node.layer, inputsOf(node, values), dy, modified ? rule : "standard");
    inputs.forEach((dx, i) => dx !== null && accumulate(cotangents, node.from[i]!, dx));
  }
  return { cotangents, rectifiers: acted };
}

/** The name under which a layer counts as a rectifier; null for all others. */
function rectifierName({ layer }: NetworkNode): "Relu" | "Relu6" | null {
  if (layer.op !== "activation") return null;
  if (layer.name === "relu") return "Relu";
  return layer.name === "relu6" ? "Relu6" : null;
}

function accumulate(cotangents: Map<string, Float64Array>, name: string, dx: Float64Array): void {
  const sum = cotangents.get(name);
  cotangents.set(name, sum === undefined ? dx : sum.map((value, i) => value + dx[i]!));
}
