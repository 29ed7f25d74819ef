import type { Rule, Score, Tensor } from "@xdeep/core";
import type { VjpPlan } from "@xdeep/core/backend";
import {
  type GradientModel,
  type SeveralTargets,
  type TypedGraph,
  cutAt,
  differentiateGraph,
  backwardRules,
  exposing,
  explainerModel,
  scoredValue,
  severalTargets,
} from "@xdeep/autodiff";
import type { GradientForms } from "../engine/device-rules.ts";
import type { SessionSource } from "../engine/sessions.ts";

/** Everything that makes one gradient session differ from another. */
export interface GradientKind {
  readonly output: string;
  readonly score: Score;
  readonly rule: Rule;
  readonly rectifiers: readonly string[];
  readonly wrt: readonly string[];
  /** How many targets there are. Default 1. */
  readonly targets?: number;
  /** Inner values that are fed. */
  readonly cuts: readonly string[];
  /** Outputs, or inner values, that are returned beside the gradients. */
  readonly outputs: readonly string[];
}

export type GradientPlan = Pick<SeveralTargets, "names" | "notes" | "rectifiers" | "scored">;

/**
 * A session that selects the target, or several, scores them and differentiates the scores. It has the gradients of the rows and their weighted sum, so that a gradient and a
 * path share it: a sum costs nothing beside a backward pass, a second session holds the weights once more.
 */
export function gradientSource(graph: TypedGraph, forms: GradientForms, kind: GradientKind, shared: ReadonlySet<string>): SessionSource<GradientPlan> {
  const { model, ...plan } = severalTargets(explainerModel(cutFor(graph, kind), { ...kind, ...forms, backwardRules, shared }), kind.targets ?? 1);
  return { model, plan };
}

export interface CotangentPlan extends Omit<GradientModel, "model"> {
  /** The value that it is the cotangent of. */
  readonly of: string;
}

/** A session that takes the cotangent of the scored value itself. */
export function cotangentSource(graph: TypedGraph, forms: GradientForms, kind: GradientKind): SessionSource<CotangentPlan> {
  const exposed = scoredValue(graph, kind.output, kind.score).value;
  const cut = cutFor(graph, { ...kind, outputs: [...kind.outputs, exposed] });
  const of = scoredValue(cut, kind.output, kind.score).value;
  const { model, ...plan } = differentiateGraph(cut, { ...kind, ...forms, backwardRules, of });
  return { model, plan: { ...plan, of } };
}

/** x′ by the names that the session has for it; nothing for rules that look at one run. */
export function referenceFeeds({ reference = {} }: VjpPlan, names: Readonly<Record<string, string>>): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(Object.entries(names).map(([name, fed]) => [fed, reference[name]!]));
}

/** The network from the fed values on, with everything that is returned among its outputs. */
function cutFor(graph: TypedGraph, { cuts, wrt, output, outputs }: GradientKind): TypedGraph {
  const wanted = [...new Set([...outputs, output])];
  return exposing(cutAt(graph, cuts, [...wrt, ...wanted]), wanted);
}
