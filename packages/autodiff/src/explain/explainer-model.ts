import type { Score } from "@xdeep/core";
import { type ModelProto, type Value, type ValueInfoProto, valueInfoProto } from "@xdeep/onnx";
import { assemble, exportValue, referenceInfos, referenceNames } from "../sweep/writing/assemble.ts";
import { leadsWithBatch } from "./batch-axis.ts";
import { type GradientOptions, writeGradient } from "../sweep/writing/write-gradient.ts";
import { scoredValue, withLogits } from "./score.ts";
import { entriesAt, selectTarget, weightedSum } from "./select-target.ts";
import { type TypedGraph, builderFor, valueOf } from "../graph/typed-graph.ts";

export interface ExplainerModelOptions extends Omit<GradientOptions, "of"> {
  /** Name of the output that is explained. */
  readonly output: string;
  readonly score: Score;
  /**
   * "gradients" [N, …], or with them their sums over the rows with weights (the default). An engine computes every output of a session, asked for or
   * not. Where a leading axis is not known to be the batch there is no sum.
   */
  readonly results?: "both" | "gradients" | undefined;
  /** Inputs that have no batch axis: their gradients are not summed over rows. Default: none. */
  readonly shared?: ReadonlySet<string> | undefined;
}

/** A model that explains itself: its own outputs, the score of one entry per row, and that score's gradients, in one run. */
export interface ExplainerModel {
  readonly model: ModelProto;
  /** Names of the new inputs and outputs. */
  readonly names: {
    /** int64 [N]: the entry to explain inside each row of the output, row-major; −1 for the row's first maximum. */
    readonly target: string;
    /** float32 [N]: weights of the rows in the summed gradients. There is no such input where there is no sum. */
    readonly weights: string;
    /** int64 [N]: the entry that was explained. */
    readonly index: string;
    /** [N]. */
    readonly scores: string;
    /** [N]: the same entries at x′; null for rules that look at one run. */
    readonly referenceScores: string | null;
    /** Inputs that hold x′, by the model's inputs; only for rules that compare two runs. */
    readonly references: Readonly<Record<string, string>>;
    /** Gradients [N, …], by the names of `wrt`. */
    readonly gradients: Readonly<Record<string, string>>;
    /** Σₙ wₙ gₙ, [1, …], by those names of `wrt` whose leading axis is known to be the batch. */
    readonly sums: Readonly<Record<string, string>>;
  };
  readonly rectifiers: number;
  /** What is approximate in the gradients, in words; mostly empty. */
  readonly notes: readonly string[];
  /** Name of the value that is scored: the output, or the argument of its final activation. */
  readonly scored: string;
}

/** Writes target selection, gradient and weighted sum behind a prepared model. The batch is the leading axis of every input and output. */
export function explainerModel(source: TypedGraph, options: ExplainerModelOptions): ExplainerModel {
  const graph = withLogits(source);
  const g = builderFor(graph);
  g.setScope("xdeep");
  const scored = valueOf(graph, scoredValue(graph, options.output, options.score).value);
  const target: Value = { name: g.freshName("target"), facts: { type: "int64", dims: [batchDim(scored)] } };
  const weights: Value = { name: g.freshName("weights"), facts: { type: "float32", dims: [batchDim(scored)] } };
  const chosen = selectTarget(g, scored, target);
  const written = writeGradient(graph, g, { ...options, of: scored.name }, chosen.cotangent, chosen.form);
  const { results = "both" } = options;
  const summed = (name: string): boolean => results !== "gradients" && leadsWithBatch(graph, name, options.shared) === true;
  const totals = new Map([...written.cotangents].filter(([name]) => summed(name)));
  g.setScope("xdeep");
  const outputs: ValueInfoProto[] = [];
  const exported = (value: Value, hint: string): string => {
    const name = g.freshName(hint);
    outputs.push(exportValue(g, value, name));
    return name;
  };
  const names = {
    target: target.name,
    weights: weights.name,
    references: referenceNames(written.references),
    index: exported(chosen.index, "index"),
    scores: exported(g.cast(chosen.scores, "float32"), "scores"),
    referenceScores: written.atReference === null ? null : exported(g.cast(entriesAt(g, written.atReference, chosen.index), "float32"), "reference scores"),
    gradients: mapValues(written.cotangents, (value, name) => exported(value, `gradient of ${name}`)),
    sums: mapValues(totals, (value, name) => exported(weightedSum(g, value, weights), `sum of ${name}`)),
  };
  const fed = Object.keys(names.sums).length === 0 ? [target] : [target, weights];
  const inputs = fed.map(({ name, facts }) => valueInfoProto(name, facts.type ?? "float32", facts.dims)).concat(referenceInfos(written.references));
  return {
    model: assemble(graph, { builder: g, inputs, outputs, addedOutputs: written.addedOutputs, replaced: written.replaced }),
    names,
    rectifiers: written.rectifiers,
    notes: written.notes,
    scored: scored.name,
  };
}

function batchDim(scored: Value): string | number | null {
  return scored.facts.dims?.[0] ?? 1;
}

function mapValues(values: ReadonlyMap<string, Value>, map: (value: Value, name: string) => string): Readonly<Record<string, string>> {
  return Object.fromEntries([...values].map(([name, value]) => [name, map(value, name)]));
}
