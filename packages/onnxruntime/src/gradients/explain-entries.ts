import { type Target, type VjpResult, float32 } from "@xdeep/core";
import { type VjpPlan, checkScores } from "@xdeep/core/backend";
import type { NetworkRuns } from "../network/network-runs.ts";
import { allJoined, dimsOfRows, joined } from "../engine/run-rows.ts";
import type { SessionSource } from "../engine/sessions.ts";
import { asFloat32 } from "../engine/tensors.ts";
import { GradientResults } from "./gradient-results.ts";
import { type GradientKind, type GradientPlan, gradientSource, referenceFeeds } from "./gradient-source.ts";
import { describeTargets, targetIndices } from "./target-indices.ts";

/** One entry per row, for each of several targets: the graph selects it, or finds the argmax. */
export async function explainEntries(
  network: NetworkRuns,
  plan: VjpPlan,
  kind: GradientKind,
  lists: readonly (readonly (Target | null)[])[],
): Promise<readonly VjpResult[]> {
  const { graph, sessions, forms, shared } = network;
  const { feeds, rows, output, outputs, weights } = plan;
  const rowDims = lists.flat().every((target) => target === null) ? null : await network.rowDims(plan);
  const indices = lists.map((targets) => targetIndices(output, rowDims ?? [], targets));
  const results = { ...kind, targets: lists.length };
  const source = (): SessionSource<GradientPlan> => gradientSource(graph, forms, results, shared);
  const found = await sessions.use(`target ${JSON.stringify(results)}`, source, async ({ session, plan: { names, ...facts } }) => {
    const pulled = names.map((own) => ({ ...own, gradients: new GradientResults(own, kind.wrt, weights, network.axisOf) }));
    const { weights: weightsName, references } = names[0]!;
    const extra = {
      ...referenceFeeds(plan, references),
      ...Object.fromEntries(names.map(({ target }, k) => [target, indices[k]!])),
      [weightsName]: float32([rows], weights ?? new Float32Array(rows).fill(1)),
    };
    const ofTarget = ({ index, scores, referenceScores, gradients }: (typeof pulled)[number]): readonly string[] => [
      index,
      scores,
      ...(referenceScores === null ? [] : [referenceScores]),
      ...gradients.fetches,
    ];
    const fetches = [...outputs, output.name, ...pulled.flatMap(ofTarget)];
    const options = { zeroFilled: weightsName, references };
    return { runs: await network.run(session, plan, { ...feeds, ...extra }, [...new Set(fetches)], options), pulled, ...facts };
  });
  const { runs, pulled, rectifiers, notes } = found;
  const dims = dimsOfRows(runs, output.name, rows);
  if (rowDims !== null && !network.hasRowDims(plan, rowDims, dims)) return explainEntries(network, plan, kind, lists);
  const shown = allJoined(runs, outputs, network.outputAxisOf);
  const explained = pulled.map(({ index, scores: name, referenceScores: other, gradients }) => {
    const scores = asFloat32(joined(runs, name)).data;
    checkScores(scores, output.name);
    const target = describeTargets(joined(runs, index).data as BigInt64Array, dims);
    const atReference = other === null ? {} : { referenceScores: asFloat32(joined(runs, other)).data };
    return { outputs: shown, gradients: gradients.of(runs), target, scores, ...atReference, output: output.name, score: kind.score, rectifiers, notes };
  });
  return explained.map((result, k) => (k === 0 ? result : { ...result, gradients: unshared(result.gradients, explained[0]!.gradients) }));
}

/** A gradient that does not depend on the target is there once: each result has its own copy. */
function unshared(gradients: VjpResult["gradients"], first: VjpResult["gradients"]): VjpResult["gradients"] {
  return Object.fromEntries(
    Object.entries(gradients).map(([name, tensor]) => [name, tensor.data === first[name]!.data ? { ...tensor, data: tensor.data.slice() } : tensor]),
  );
}
