import type { Rule, Score } from "@xdeep/core";
import {
  type ExplainerModel,
  type GradientModel,
  type RuleSet,
  type TypedGraph,
  cutAt,
  differentiateGraph,
  explainerModel,
  scoredValue,
} from "@xdeep/autodiff";
import type { SessionSource } from "./sessions.ts";

/** Everything that makes one gradient session differ from another. */
export interface GradientKind {
  readonly output: string;
  readonly score: Score;
  readonly rule: Rule;
  readonly rectifiers: readonly string[];
  readonly wrt: readonly string[];
  /** Inner values that are fed. */
  readonly cuts: readonly string[];
}

export type GradientPlan = Pick<ExplainerModel, "names" | "notes" | "rectifiers" | "scored">;

/** A session that selects the target, scores it and differentiates the score. */
export function gradientSource(graph: TypedGraph, rules: RuleSet, kind: GradientKind): SessionSource<GradientPlan> {
  return explainerSource(explainerModel(cutAt(graph, kind.cuts, kind.wrt), { ...kind, rules }));
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
  const cut = cutAt(graph, kind.cuts, kind.wrt);
  const of = scoredValue(cut, kind.output, kind.score).value;
  const { model, ...plan } = differentiateGraph(cut, { ...kind, rules, of });
  return { model, plan: { ...plan, of } };
}
