import {
  assembleRows,
  checkExplainOptions,
  checkExplainer,
  createAttribution,
  mirrorInput,
  originRow,
  readsScores,
  resolveInput,
  ruleName,
} from "@xdeep/core/method";
import type { Attribution, ExplainOptions, Explainer, Input, MethodDescription } from "@xdeep/core";

import { deltaNotes } from "./delta-notes.ts";
import { resolveBaselines } from "./baseline.ts";
import { embeddedBaselines } from "./embedded-baseline.ts";
import { findEndpoint } from "./endpoint.ts";
import { integrateRow, runsOf } from "./integrate-row.ts";
import type { IntegratedRow, Integration } from "./integrate-row.ts";
import { quadrature } from "./quadrature.ts";
import { countRuns } from "./run-count.ts";
import { describeSettings, resolveSettings } from "./settings.ts";
import type { IntegratedOptions, IntegratedSettings } from "./settings.ts";
import { VERSION } from "./version.ts";

/**
 * Integrated gradients over any explainer: (x − x′) ⊙ ∫₀¹ ∇F(x′ + α (x − x′)) dα, the target fixed at x. Inputs that are attributed to move
 * together; all others, integers among them, stay as they are. `convergenceDelta` is Σ A − (F(x) − F(x′)) per row.
 *
 * @throws {XDeepError} OPTION_INVALID, CONTRACT_VERSION; from `explain` also BASELINE_INVALID and the codes of the explainer inside
 * @see M. Sundararajan, A. Taly, Q. Yan (2017), Axiomatic Attribution for Deep Networks, arXiv:1703.01365
 */
export function integrated(explainer: Explainer, options: IntegratedOptions = {}): Explainer {
  checkExplainer(explainer);
  const settings = resolveSettings(options);
  const method: MethodDescription = { name: "integrated", parameters: describeSettings(settings), of: explainer.method };
  return { model: explainer.model, method, explain: (input, call) => explainPath(explainer, settings, method, input, call ?? {}) };
}

async function explainPath<T extends Input>(
  explainer: Explainer,
  settings: IntegratedSettings,
  method: MethodDescription,
  input: Input,
  options: ExplainOptions,
): Promise<Attribution<T>> {
  options.signal?.throwIfAborted();
  const { model } = explainer;
  const resolved = resolveInput(model, input);
  checkExplainOptions(options, resolved.rows);
  // A tolerance needs the scores, whoever reads them.
  const endpoint = await findEndpoint(model, resolved, settings.tolerance === null ? options : { ...options, weights: undefined });
  const { of: origins } = options.origin ?? { of: resolved.rows };
  const dimsOf = (name: string): readonly number[] => [origins, ...endpoint.feeds[name]!.dims.slice(1)];
  const baseline = await embeddedBaselines(model, resolved, endpoint.moving, settings.baseline, options);
  const baselines = resolveBaselines(baseline, Object.fromEntries(endpoint.moving.map((name) => [name, dimsOf(name)])));
  const planned = resolved.rows * baselines(0).length * runsOf({ explainer }, quadrature(settings.quadrature, settings.n));
  const integration: Integration = { explainer, settings, endpoint, options, count: countRuns(planned, options) };
  const rows: IntegratedRow[] = [];
  for (let row = 0; row < resolved.rows; row++) rows.push(await integrateRow(integration, row, baselines(originRow(options, row))));
  const { notes: _notes, ...provenance } = rows[0]!.provenance;
  const notes = [...new Set(rows.flatMap((row) => row.provenance.notes ?? []))];
  if (settings.multiplyByInputs && readsScores(options) && ruleName(provenance.rule) === "standard")
    notes.push(...deltaNotes(rows, endpoint.scores, settings.tolerance));
  const values = assembleRows(
    rows.map((row) => row.values),
    options.weights,
  );
  return createAttribution({
    values: mirrorInput(model, input, values, options),
    target: endpoint.target,
    scores: endpoint.scores,
    output: endpoint.output,
    ...(settings.multiplyByInputs && readsScores(options) ? { convergenceDelta: Float32Array.from(rows, ({ delta }) => delta!) } : {}),
    provenance: {
      ...provenance,
      method: reached(method, settings, rows),
      ...(notes.length === 0 ? {} : { notes }),
      versions: { ...provenance.versions, "@xdeep/integrated": VERSION },
    },
  });
}

/** With a tolerance: the steps that each row took, and whether that was enough. */
function reached(method: MethodDescription, { tolerance }: IntegratedSettings, rows: readonly IntegratedRow[]): MethodDescription {
  if (tolerance === null) return method;
  const found = { steps: rows.map(({ steps }) => steps), converged: rows.map(({ delta }) => Math.abs(delta!) <= tolerance) };
  return { ...method, parameters: { ...method.parameters, ...found } };
}
