import {
  assembleRows,
  checkExplainOptions,
  checkExplainer,
  createAttribution,
  mirrorInput,
  readsScores,
  resolveInput,
  rowBaselines,
  ruleName,
} from "@xdeep/core/method";
import type { Attribution, ExplainOptions, Explainer, Input, MethodDescription } from "@xdeep/core";

import { deltaNotes } from "./delta-notes.ts";
import { embeddedBaselines } from "./embedded-baseline.ts";
import { findEndpoint } from "./endpoint.ts";
import { integrateAdaptively } from "./integrate-adaptively.ts";
import { integrateFixed } from "./integrate-fixed.ts";
import { FIRST_POINTS } from "./place-points.ts";
import { quadrature } from "./quadrature.ts";
import { runsOf } from "./row-path.ts";
import type { IntegratedRow, Integration } from "./row-path.ts";
import { countRuns } from "./run-count.ts";
import { describeSettings, isAdaptive, resolveSettings } from "./settings.ts";
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
  const settings = resolveSettings(options, explainer);
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
  const { steps, multiplyByInputs } = settings;
  const resolved = resolveInput(model, input);
  checkExplainOptions(options, resolved.rows);
  // A tolerance needs the scores, whoever reads them.
  const endpoint = await findEndpoint(model, resolved, isAdaptive(steps) ? { ...options, weights: undefined } : options);
  const baseline = await embeddedBaselines(model, resolved, endpoint.moving, settings.baseline, options);
  const baselines = rowBaselines(baseline, endpoint.moving, endpoint, options);
  const count = countRuns(resolved.rows * plannedRuns(explainer, settings, baselines(0).length), options);
  const integration: Integration = { explainer, multiplyByInputs, endpoint, options, count };
  const rows: IntegratedRow[] = [];
  for (let row = 0; row < resolved.rows; row++) {
    const starts = baselines(row);
    const result = isAdaptive(steps)
      ? integrateAdaptively(integration, row, starts, steps)
      : integrateFixed(integration, row, starts, quadrature(steps.quadrature, steps.n));
    rows.push(await result);
  }
  const { notes: _notes, ...provenance } = rows[0]!.provenance;
  const notes = [...new Set(rows.flatMap((row) => row.provenance.notes ?? []))];
  if (settings.multiplyByInputs && readsScores(options) && ruleName(provenance.rule) === "standard") notes.push(...deltaNotes(rows, endpoint.scores));
  const values = assembleRows(
    rows.map((row) => row.values),
    options.weights,
  );
  return createAttribution({
    values: mirrorInput(model, input, values, options),
    target: endpoint.target,
    scores: endpoint.scores,
    output: endpoint.output,
    ...(multiplyByInputs && readsScores(options) ? { convergenceDelta: Float32Array.from(rows, ({ delta }) => delta!) } : {}),
    provenance: {
      ...provenance,
      method: reached(method, settings, rows),
      ...(notes.length === 0 ? {} : { notes }),
      versions: { ...provenance.versions, "@xdeep/integrated": VERSION },
    },
  });
}

/** Runs that are sure to come for a row. */
function plannedRuns(explainer: Explainer, { steps }: IntegratedSettings, baselines: number): number {
  return isAdaptive(steps) ? runsOf(explainer, FIRST_POINTS * baselines) : baselines * runsOf(explainer, steps.n);
}

/** With a tolerance: the steps that each row took, and whether that was enough. */
function reached(method: MethodDescription, { steps }: IntegratedSettings, rows: readonly IntegratedRow[]): MethodDescription {
  if (!isAdaptive(steps)) return method;
  const found = { steps: rows.map((row) => row.steps), converged: rows.map(({ delta, tolerance }) => Math.abs(delta!) <= tolerance!) };
  return { ...method, parameters: { ...method.parameters, ...found } };
}
