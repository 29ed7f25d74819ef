import type { TypedGraph } from "../graph/typed-graph.ts";
import { type Expression, leaf, reducedAxes } from "./expression.ts";
import { isReadable, readExpression } from "./read-expression.ts";

/** A function that exporters write in several small operators, as a formula of its argument. */
export interface Pattern {
  readonly name: string;
  /** `axes` are those that the formula in the graph reduces; empty where it reduces none. Null where the function has no such form. */
  readonly formula: (x: Expression, axes: readonly number[]) => Expression | null;
}

/** Part of a graph that computes one function of one value. */
export interface Region {
  readonly pattern: string;
  /** The value that goes in. */
  readonly argument: string;
  /** Axes that are reduced inside. */
  readonly axes: readonly number[];
}

/** Values that are tried as the argument, at most. */
const MAX_CANDIDATES = 24;

/** The first of these functions that makes a value, of the nearest value that it can be seen as a function of; or null. */
export function findPattern(graph: TypedGraph, name: string, patterns: readonly Pattern[]): Region | null {
  for (const argument of candidates(graph, name)) {
    const found = readExpression(graph, name, argument.name);
    if (found === null) continue;
    const choices = [...new Map(reducedAxes(found).map((axes) => [axes.join(), axes])).values()];
    for (const axes of choices.length === 0 ? [[]] : choices) {
      const pattern = patterns.find(({ formula }) => formula(argument, axes)?.key === found.key);
      if (pattern !== undefined) return { pattern: pattern.name, argument: argument.name, axes };
    }
  }
  return null;
}

/** The values behind one, nearest first. */
function candidates(graph: TypedGraph, name: string): readonly Extract<Expression, { kind: "leaf" }>[] {
  const names = new Set([name]);
  for (const each of names) {
    const node = graph.producers.get(each);
    if (node === undefined || !isReadable(node) || names.size > MAX_CANDIDATES) continue;
    for (const input of node.input) if (input !== "" && graph.facts.get(input)?.constant === undefined) names.add(input);
  }
  names.delete(name);
  return [...names].map((each) => leaf(each));
}
