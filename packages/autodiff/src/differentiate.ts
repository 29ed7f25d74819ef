import type { RectifierRule } from "@xdeep/core";
import { GraphBuilder, type ModelProto, isFloatType } from "@xdeep/onnx";
import { assemble, exportValue, infoOf } from "./sweep/assemble.ts";
import { writeGradient } from "./sweep/write-gradient.ts";
import { prepareModel } from "./prepare/prepare-model.ts";
import type { Lowering } from "./sweep/lowering.ts";
import type { RuleSet } from "./sweep/rule-set.ts";
import { type TypedGraph, floatInputs, typedGraph, valueOf } from "./graph/typed-graph.ts";

export interface DifferentiateOptions {
  /** Name of the value that is differentiated. Default: the first float output. */
  readonly of?: string | undefined;
  /** Names of inputs or inner values to differentiate with respect to. Default: every float input. */
  readonly wrt?: readonly string[] | undefined;
  /** How cotangents pass rectifiers. Default "standard". */
  readonly rule?: RectifierRule | undefined;
  /** Operators that count as rectifiers. Default ["Relu", "Relu6"]. */
  readonly rectifiers?: readonly string[] | undefined;
  /** Rules by operator. Default: all of ours. */
  readonly rules?: RuleSet | undefined;
  /** Forms that an engine runs faster: `cpuLowerings`, `wasmLowerings`, `webgpuLowerings`. Default: none, the rules' plain forms, which run everywhere. */
  readonly lowerings?: readonly Lowering[] | undefined;
}

/** A model with gradient outputs, in plain ONNX operators. */
export interface GradientModel {
  readonly model: ModelProto;
  /** Name of the new input: the cotangent ȳ of the differentiated value, with its dims. */
  readonly cotangent: string;
  /** Names of the new outputs, by the names of `wrt`. */
  readonly gradients: Readonly<Record<string, string>>;
  /** How many rectifiers the rule acted on; 0 for "standard". */
  readonly rectifiers: number;
  /** What is approximate in the gradients, in words; mostly empty. */
  readonly notes: readonly string[];
}

/**
 * Adds to a model the vector-Jacobian product of one value: an input for ȳ, and an output x̄ = ȳᵀ ∂y/∂x for every name in `wrt`. The result
 * is again a plain ONNX model, which any ONNX Runtime runs and which can be differentiated again.
 *
 * @throws {XDeepError} GRADIENT_MISSING listing every node on the way without a rule; WRT_UNKNOWN, OUTPUT_UNKNOWN for unknown names.
 */
export function differentiate(model: ModelProto, options: DifferentiateOptions = {}): GradientModel {
  return differentiateGraph(typedGraph(prepareModel(model)), options);
}

/** `differentiate` for a graph that is prepared already. */
export function differentiateGraph(graph: TypedGraph, options: DifferentiateOptions): GradientModel {
  const of = options.of ?? firstFloatOutput(graph);
  const wrt = options.wrt ?? floatInputs(graph);
  const g = new GraphBuilder({ opset: graph.opset, taken: new Set(graph.facts.keys()) });
  g.setScope("gradient");
  const explained = valueOf(graph, of);
  const cotangent = g.freshName(`cotangent of ${of}`);
  const written = writeGradient(graph, g, { ...options, of, wrt }, { name: cotangent, facts: { type: explained.facts.type, dims: explained.facts.dims } });
  const named = [...written.cotangents].map(([name, value]) => [name, g.freshName(name), value] as const);
  const outputs = named.map(([, output, value]) => exportValue(g, value, output));
  return {
    model: assemble(graph, {
      builder: g,
      inputs: [infoOf(cotangent, explained.facts)],
      outputs,
      addedOutputs: written.addedOutputs,
      replaced: written.replaced,
    }),
    cotangent,
    gradients: Object.fromEntries(named.map(([name, output]) => [name, output])),
    rectifiers: written.rectifiers,
    notes: written.notes,
  };
}

/** The output that is explained unless another is named. */
export function firstFloatOutput(graph: TypedGraph): string {
  const output = graph.graph.output.find(({ name }) => isFloatType(graph.facts.get(name)?.type ?? null)) ?? graph.graph.output[0];
  return output?.name ?? "";
}
