import type { FloatTensor, Target, VjpResult } from "@xdeep/core";
import { type VjpPlan, checkScores, notBatched, resolveTargets, scoreEntries, sumTensors, takeRows, targetCotangent } from "@xdeep/core/backend";
import { scoredValue } from "@xdeep/autodiff";
import type { NetworkRuns } from "../network/network-runs.ts";
import { type FinishedRun, allJoined, dimsOfRows, joined } from "../engine/run-rows.ts";
import { asFloat32, fromFloat32 } from "../engine/tensors.ts";
import { type CotangentPlan, type GradientKind, cotangentSource, referenceFeeds } from "./gradient-source.ts";

/**
 * Weighted sums of entries, and gradients that sum rows: their cotangent is fed, which is 0 for rows that only fill a fixed batch. The scores
 * are read off the scored value.
 */
export async function explainTerms(network: NetworkRuns, plan: VjpPlan, kind: GradientKind): Promise<VjpResult> {
  const { output, rows, weights, targets } = plan;
  const rowDims = await network.rowDims(plan);
  // Where a row takes its argmax beside others that name sums, it is found first.
  const known = targets!.includes(null) ? (await network.forward({ ...plan, outputs: [output.name] })).target : (targets as readonly Target[]);
  const { entries, targets: reported } = resolveTargets({ name: output.name, dims: [rows, ...rowDims] }, known);
  const weighted = entries.map((entry, row) => ({ ...entry, weights: entry.weights.map((weight) => weight * (weights?.[row] ?? 1)) }));
  const scored = scoredValue(network.graph, output.name, kind.score).value;
  const cotangent = targetCotangent(await network.dimsOf(scored, plan), weighted);
  const pulled = await pull(network, plan, kind, cotangent, [scored, output.name]);
  dimsOfRows(pulled.runs, output.name, rows);
  const scores = scoreEntries(asFloat32(joined(pulled.runs, scored)).data, entries);
  checkScores(scores, output.name);
  const gradientOf = (name: string): FloatTensor => {
    const gradient = pulled.gradientOf(name);
    const axis = network.axisOf(name);
    return axis === null ? gradient : summedOver(gradient, weights, rows, { name, axis });
  };
  return resultOf(network, pulled, plan, gradientOf, { target: reported, scores });
}

/** From ȳ, the cotangent of the output itself, whatever the score of targets is. */
export async function pullBack(network: NetworkRuns, plan: VjpPlan, kind: GradientKind, cotangent: FloatTensor): Promise<VjpResult> {
  const pulled = await pull(network, plan, { ...kind, score: "probability" }, cotangent);
  return resultOf(network, pulled, plan, pulled.gradientOf, { target: [], scores: new Float32Array(0) });
}

interface Pulled {
  readonly runs: readonly FinishedRun[];
  readonly names: CotangentPlan;
  /** The gradient [N, …] of a value, or that of an input without a batch axis: each run summed its own rows. */
  readonly gradientOf: (name: string) => FloatTensor;
}

/** Runs forward, and back from a cotangent of the scored value. */
function pull(network: NetworkRuns, plan: VjpPlan, kind: GradientKind, cotangent: FloatTensor, more: readonly string[] = []): Promise<Pulled> {
  const { graph, sessions, forms, axisOf } = network;
  return sessions.use(
    `cotangent ${JSON.stringify(kind)}`,
    () => cotangentSource(graph, forms, kind),
    async ({ session, plan: names }) => {
      const fetches = [...new Set([...plan.outputs, ...more, ...Object.values(names.gradients)])];
      const feeds = {
        ...plan.feeds,
        ...referenceFeeds(plan, names.references),
        [names.cotangent]: fromFloat32(cotangent, graph.facts.get(names.of)?.type ?? "float32"),
      };
      const whole = new Set(plan.wrt.filter((name) => axisOf(name) === null).map((name) => names.gradients[name]!));
      const runs = await network.run(session, plan, feeds, fetches, { zeroFilled: names.cotangent, whole, references: names.references });
      const gradientOf = (name: string): FloatTensor => {
        const result = names.gradients[name]!;
        const axis = axisOf(name);
        return axis === null ? sumTensors(runs.map(({ results }) => asFloat32(results[result]!))) : asFloat32(joined(runs, result, axis));
      };
      return { runs, names, gradientOf };
    },
  );
}

function resultOf(
  { outputAxisOf }: NetworkRuns,
  { runs, names }: Pulled,
  { outputs, wrt, output, score }: VjpPlan,
  gradientOf: (name: string) => FloatTensor,
  scored: Pick<VjpResult, "scores" | "target">,
): VjpResult {
  const gradients = Object.fromEntries(wrt.map((name) => [name, gradientOf(name)]));
  return {
    outputs: allJoined(runs, outputs, outputAxisOf),
    gradients,
    ...scored,
    output: output.name,
    score,
    rectifiers: names.rectifiers,
    notes: names.notes,
  };
}

/** Gradients [N, …], whose rows were weighted already, or their sum [1, …]. */
function summedOver(gradient: FloatTensor, weights: Float32Array | undefined, rows: number, { name, axis }: { name: string; axis: number }): FloatTensor {
  if (weights === undefined) return gradient;
  if (gradient.dims[axis] !== rows) throw notBatched(name, gradient.dims);
  return sumTensors(Array.from({ length: rows }, (_, row) => takeRows(gradient, row, row + 1, axis)));
}
