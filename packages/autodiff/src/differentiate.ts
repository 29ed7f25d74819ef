import type { Rule } from "@xdeep/core";
import { type ModelProto, isFloatType } from "@xdeep/onnx";
import { type GradientModel, differentiateGraph } from "./sweep/writing/differentiate-graph.ts";
import { type TypedGraph, floatInputs, typedGraph } from "./graph/typed-graph.ts";
import { prepareModel } from "./prepare/prepare-model.ts";
import { backwardRules as builtinBackwardRules } from "./backward/index.ts";
import type { BackwardRule } from "./sweep/backward-rule.ts";
import { builtinRules } from "./rules/index.ts";
import type { Lowering } from "./sweep/lowering.ts";
import type { RuleSet } from "./sweep/rule-set.ts";

export interface DifferentiateOptions {
  /** Name of the value that is differentiated. Default: the first float output. */
  readonly of?: string | undefined;
  /** Names of inputs or inner values to differentiate with respect to. Default: every float input. */
  readonly wrt?: readonly string[] | undefined;
  /** How cotangents pass: the name of one of `backwardRules`, alone or with parameters. Default "standard". */
  readonly rule?: Rule | undefined;
  /** The rules that `rule` may name. Default: all of ours. */
  readonly backwardRules?: readonly BackwardRule[] | undefined;
  /** Operators that count as rectifiers. Default ["Relu", "Relu6"]. */
  readonly rectifiers?: readonly string[] | undefined;
  /** Rules by operator. Default: all of ours. */
  readonly rules?: RuleSet | undefined;
  /** Forms that an engine runs faster: `cpuLowerings`, `wasmLowerings`, `webgpuLowerings`. Default: none, the rules' plain forms, which run everywhere. */
  readonly lowerings?: readonly Lowering[] | undefined;
}

/**
 * Adds to a model the vector-Jacobian product of one value: an input for ȳ, and an output x̄ = ȳᵀ ∂y/∂x for every name in `wrt`. The result
 * is again a plain ONNX model, which any ONNX Runtime runs and which can be differentiated again.
 *
 * @throws {XDeepError} GRADIENT_MISSING listing every node on the way without a rule, MODEL_UNSUPPORTED every node whose form its rule does not
 * know; WRT_UNKNOWN, OUTPUT_UNKNOWN for unknown names; RULE_UNKNOWN, RULE_INVALID.
 */
export function differentiate(model: ModelProto, options: DifferentiateOptions = {}): GradientModel {
  const graph = typedGraph(prepareModel(model));
  const { of = firstFloatOutput(graph), wrt = floatInputs(graph), rules = builtinRules, backwardRules = builtinBackwardRules } = options;
  return differentiateGraph(graph, { ...options, of, wrt, rules, backwardRules });
}

function firstFloatOutput({ graph, facts }: TypedGraph): string {
  const output = graph.output.find(({ name }) => isFloatType(facts.get(name)?.type ?? null)) ?? graph.output[0];
  return output?.name ?? "";
}
