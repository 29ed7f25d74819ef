import type { ModelProto } from "@xdeep/onnx";
import { type TypedGraph, builderFor, valueOf } from "../../graph/typed-graph.ts";
import { assemble, exportValue, infoOf, referenceInfos, referenceNames } from "./assemble.ts";
import { type GradientOptions, writeGradient } from "./write-gradient.ts";

/** A model with gradient outputs, in plain ONNX operators. */
export interface GradientModel {
  readonly model: ModelProto;
  /** Name of the new input: the cotangent ȳ of the differentiated value, with its dims. */
  readonly cotangent: string;
  /** Names of the new outputs, by the names of `wrt`. */
  readonly gradients: Readonly<Record<string, string>>;
  /** Names of the new inputs that hold x′, by the model's inputs; only for rules that compare two runs. */
  readonly references: Readonly<Record<string, string>>;
  /** How many rectifiers the rule acted on; 0 for "standard". */
  readonly rectifiers: number;
  /** What is approximate in the gradients, in words; mostly empty. */
  readonly notes: readonly string[];
}

/**
 * `differentiate` for a graph that went through `prepareModel`, by rules that the caller names: no other rule is loaded with it.
 *
 * @throws {XDeepError} as `writeGradient`
 */
export function differentiateGraph(graph: TypedGraph, options: GradientOptions): GradientModel {
  const { of } = options;
  const g = builderFor(graph);
  g.setScope("gradient");
  const explained = valueOf(graph, of);
  const cotangent = g.freshName(`cotangent of ${of}`);
  const written = writeGradient(graph, g, options, { name: cotangent, facts: { type: explained.facts.type, dims: explained.facts.dims } });
  const named = [...written.cotangents].map(([name, value]) => [name, g.freshName(name), value] as const);
  const outputs = named.map(([, output, value]) => exportValue(g, value, output));
  return {
    model: assemble(graph, {
      builder: g,
      inputs: [infoOf(cotangent, explained.facts), ...referenceInfos(written.references)],
      outputs,
      addedOutputs: written.addedOutputs,
      replaced: written.replaced,
    }),
    cotangent,
    gradients: Object.fromEntries(named.map(([name, output]) => [name, output])),
    references: referenceNames(written.references),
    rectifiers: written.rectifiers,
    notes: written.notes,
  };
}
