import {
  assembleRows,
  checkExplainOptions,
  checkExplainer,
  createAttribution,
  explainerOfTargets,
  mirrorInput,
  movedFeeds,
  readsScores,
  resolveInput,
  rowBaselines,
  ruleName,
  runEach,
} from "@xdeep/core/method";
import type { Attribution, Explainer, Input, MethodDescription, TargetOption, TargetsOptions } from "@xdeep/core";

import { deltaNotes } from "./delta-notes.ts";
import { embeddedBaselines } from "./path/embedded-baseline.ts";
import { type Endpoint, findEndpoints } from "./path/endpoint.ts";
import { integrateAdaptively } from "./adaptive/integrate-adaptively.ts";
import { integrateFixed } from "./fixed/integrate-fixed.ts";
import { integrateTargets } from "./integrate-targets.ts";
import { FIRST_POINTS } from "./adaptive/place-points.ts";
import { quadrature } from "./fixed/quadrature.ts";
import { type IntegratedRow, type Integration, type RowIntegration, rowPath, runsOf } from "./path/row-path.ts";
import { countRuns } from "./path/run-count.ts";
import { describeSettings, isAdaptive, resolveSettings } from "./settings.ts";
import type { IntegratedOptions, IntegratedSettings } from "./settings.ts";
import { VERSION } from "./version.ts";

/**
 * Integrated gradients over any explainer: (x − x′) ⊙ ∫₀¹ ∇F(x′ + α (x − x′)) dα, the target fixed at x. Inputs that are attributed to move
 * together; all others, integers among them, stay as they are. `convergenceDelta` is Σ A − (F(x) − F(x′)) per row.
 * Several targets (`explainTargets`) share the points that they have in common: all of them with `n`, the first ones with a tolerance.
 *
 * @throws {XDeepError} OPTION_INVALID, CONTRACT_VERSION; from `explain` also BASELINE_INVALID and the codes of the explainer inside
 * @see M. Sundararajan, A. Taly, Q. Yan (2017), Axiomatic Attribution for Deep Networks, arXiv:1703.01365
 */
export function integrated(explainer: Explainer, options: IntegratedOptions = {}): Explainer {
  checkExplainer(explainer);
  const settings = resolveSettings(options, explainer);
  const method: MethodDescription = { name: "integrated", parameters: describeSettings(settings), of: explainer.method };
  return explainerOfTargets(explainer.model, method, (input, targets, call) => explainPaths(explainer, settings, method, input, targets, call));
}

async function explainPaths<T extends Input>(
  explainer: Explainer,
  settings: IntegratedSettings,
  method: MethodDescription,
  input: Input,
  targets: readonly (TargetOption | undefined)[],
  options: TargetsOptions,
): Promise<readonly Attribution<T>[]> {
  options.signal?.throwIfAborted();
  const { model } = explainer;
  const { steps, multiplyByInputs } = settings;
  const resolved = await resolveInput(model, input, options.signal);
  checkExplainOptions(options, resolved.rows);
  // A tolerance needs the scores, whoever reads them.
  const { moving, endpoints } = await findEndpoints(model, resolved, targets, isAdaptive(steps) ? { ...options, weights: undefined } : options);
  const baseline = await embeddedBaselines(model, resolved, moving.names, settings.baseline, options);
  const baselines = rowBaselines(baseline, moving.names, moving, options);
  const planned = plannedRuns(explainer, settings, baselines(0).length);
  const count = countRuns(resolved.rows * planned, options);
  const moved = movedFeeds(moving.feeds, moving.names, model.inputs);
  const integration: Integration = { explainer, multiplyByInputs, moving, moved, options };
  const rows: (readonly IntegratedRow[])[] = [];
  for (let row = 0; row < resolved.rows; row++) {
    const path = rowPath(integration, row, baselines(row));
    const starts = isAdaptive(steps) || (multiplyByInputs && readsScores(options)) ? await path.baselineScores(endpoints) : null;
    const integrate = (endpoint: Endpoint, k: number): RowIntegration =>
      isAdaptive(steps)
        ? integrateAdaptively(integration, path, endpoint, row, steps, starts![k]!)
        : integrateFixed(integration, path, endpoint, row, quadrature(steps.quadrature, steps.n), starts?.[k] ?? null);
    rows.push(await integrateTargets(path, row, endpoints, integrate, { count, planned }));
  }
  return runEach(endpoints, options.signal, (endpoint, k) => {
    const own = rows.map((row) => row[k]!);
    return attributionOf<T>(integration, settings, method, input, endpoint, own);
  });
}

/** The attribution of one target, over all rows. */
async function attributionOf<T extends Input>(
  { explainer: { model }, options }: Integration,
  settings: IntegratedSettings,
  method: MethodDescription,
  input: Input,
  { target, scores, output }: Endpoint,
  rows: readonly IntegratedRow[],
): Promise<Attribution<T>> {
  const {
    layer,
    provenance: { notes: _notes, ...provenance },
  } = rows[0]!.inside;
  const addsUp = settings.multiplyByInputs && readsScores(options);
  const notes = [...new Set(rows.flatMap(({ inside }) => inside.provenance.notes ?? []))];
  if (addsUp && ruleName(provenance.rule) === "standard") notes.push(...deltaNotes(rows, scores));
  const values = await assembleRows(
    rows.map((row) => row.values),
    options.weights,
  );
  return createAttribution({
    values: mirrorInput(model, input, values, options),
    target,
    scores,
    output,
    ...(layer === undefined ? {} : { layer }),
    ...(addsUp ? { convergenceDelta: Float32Array.from(rows, ({ delta }) => delta!) } : {}),
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

/** With a tolerance: the steps that each row took, whether that was enough, and how well the attributions are known. */
function reached(method: MethodDescription, { steps }: IntegratedSettings, rows: readonly IntegratedRow[]): MethodDescription {
  if (!isAdaptive(steps)) return method;
  const found = {
    steps: rows.map((row) => row.steps),
    converged: rows.map(({ delta, tolerance }) => Math.abs(delta!) <= tolerance!),
    expectedError: rows.map(({ expectedError }) => expectedError!),
  };
  return { ...method, parameters: { ...method.parameters, ...found } };
}
