/** What authors of methods need besides the contract: inputs resolved, scores at x, rows split, repeated and put together, noise, random numbers. */
export { assembleRows } from "./rows/assemble-rows.ts";
export type { RowValues } from "./rows/assemble-rows.ts";
export { createAttribution, provenanceOf } from "./explain/attribution.ts";
export { describeBaseline, describedBaseline, integerBaseline, resolveBaselines, rowBaselines, writePathPoint } from "./explain/baseline.ts";
export type { Baseline, BaselineOption, Point } from "./explain/baseline.ts";
export {
  batchSize,
  checkMovable,
  concatRows,
  movableInputs,
  movedByDefault,
  repeatFeeds,
  sharedInputs,
  sliceFeeds,
  splitRows,
  stateAxis,
} from "./rows/batches.ts";
export type { RowRange } from "./rows/batches.ts";
export { betweenRuns, inPieces, pauses, runEach } from "./rows/between-runs.ts";
export type { Pause } from "./rows/between-runs.ts";
export { movedFeeds } from "./rows/moved-feeds.ts";
export type { MovedFeeds } from "./rows/moved-feeds.ts";
export { checkExplainer } from "./explain/check-explainer.ts";
export { RELEVANCE_RULES, RULES, actsOnRectifiers, checkContract, checkRule, ruleName } from "./contract/check-model.ts";
export { checkExplainOptions, checkOptionNames, demandCount, demandOption } from "./requests/check-options.ts";
export { ELEMENT_ARRAYS, isFloatType } from "./tensors/data-types.ts";
export type { InnerValues } from "./contract/inner-values.ts";
export { explainerOfTargets } from "./explain/explain-targets.ts";
export type { ExplainEach } from "./explain/explain-targets.ts";
export { feedInner } from "./explain/feed-inner.ts";
export { fromFloat64, toFloat64 } from "./tensors/float-values.ts";
export { gaussLegendre } from "./explain/gauss-legendre.ts";
export { nearestNames } from "./errors/nearest-names.ts";
export { isOfOneMethod } from "./errors/of-one-method.ts";
export { checkSeed, createNoise } from "./noise/noise.ts";
export type { NoiseSource } from "./noise/noise.ts";
export { createRandom } from "./noise/random.ts";
export type { RandomSource } from "./noise/random.ts";
export { dropBatchAxis, mirrorInput, resolveInput } from "./requests/resolve-input.ts";
export type { ResolvedInput } from "./requests/resolve-input.ts";
export { expandTargets } from "./requests/resolve-target.ts";
export { pictureInput, resizePlane, resizeToInput } from "./explain/resize-map.ts";
export { asUnknownWrt, resolveOutput, resolveWrt } from "./requests/resolve-values.ts";
export type { ResolveWrtOptions } from "./requests/resolve-values.ts";
export { addScaled, sumTensors, weightRows } from "./tensors/row-sum.ts";
export { innerOrigin, originRow } from "./explain/row-origin.ts";
export { joinScores } from "./rows/run-rows.ts";
export { readsScores, scoreInput } from "./explain/score-input.ts";
export { plainScoreNotes } from "./rows/score-notes.ts";
export { scoreRows, scoreTargets } from "./rows/score-rows.ts";
export type { ScoreRowsOptions } from "./rows/score-rows.ts";
export { tensorFromNumbers } from "./tensors/tensor-from-numbers.ts";
export type { NumbersOrigin } from "./tensors/tensor-from-numbers.ts";
export { firstNonFinite } from "./requests/validate-feeds.ts";
export { vjpRows } from "./rows/vjp-rows.ts";
export type { VjpRowsOptions } from "./rows/vjp-rows.ts";
