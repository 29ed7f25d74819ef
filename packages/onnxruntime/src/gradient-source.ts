import type { RectifierRule, Score } from "@xdeep/core";
import {
  type ExplainerModel,
  type GradientModel,
  type RuleSet,
  type TypedGraph,
  cutAt,
  differentiateGraph,
  exposing,
  explainerModel,
  scoredValue,
} from "@xdeep/autodiff";
import type { SessionSource } from "./sessions.ts";

/** Everything that makes one gradient session differ from another. */
export interface GradientKind {
  readonly output: string;
  readonly score: Score;
  readonly rule: RectifierRule;
  readonly rectifiers: readonly string[];
  readonly wrt: readonly string[];
  /** Inner values that are fed. */
  readonly cuts: readonly string[];
  /** Outputs, or inner values, that are returned beside the gradients. */
  readonly outputs: readonly string[];
}

export type GradientPlan = Pick<ExplainerModel, "names" | "notes" | "rectifiers" | "scored">;

/** A session that selects the target, scores it and differentiates the score. */
export function gradientSource(graph: TypedGraph, rules: RuleSet, kind: GradientKind): SessionSource<GradientPlan> {
  return explainerSource(explainerModel(cutFor(graph, kind), { ...kind, rules }));
}

function explainerSource({ model, ...plan }: ExplainerModel): SessionSource<GradientPlan> {
  return { model, plan };
}

export interface CotangentPlan extends Omit<GradientModel, "model"> {
  /** The value that it is the cotangent of. */
  readonly of: string;
}

/** A session that takes the cotangent of the scored value itself. */
export function cotangentSource(graph: TypedGraph, rules: RuleSet, kind: GradientKind): SessionSource<CotangentPlan> {
  const exposed = scoredValue(graph, kind.output, kind.score).value;
  const cut = cutFor(graph, { ...kind, outputs: [...kind.outputs, exposed] });
  const of = scoredValue(cut, kind.output, kind.score).value;
  const { model, ...plan } = differentiateGraph(cut, { ...kind, rules, of });
  return { model, plan: { ...plan, of } };
}

/** The network from the fed values on, with everything that is returned among its outputs. */
function cutFor(graph: TypedGraph, { cuts, wrt, output, outputs }: GradientKind): TypedGraph {
  const wanted = [...new Set([...outputs, output])];
  return exposing(cutAt(graph, cuts, [...wrt, ...wanted]), wanted);
}
