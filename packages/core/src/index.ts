export { ERROR_CODES, XDeepError, isXDeepError } from "./error.ts";
export type { XDeepErrorCode, XDeepErrorOptions } from "./error.ts";
export { float32, isTensor, sizeOf, sliceRows } from "./tensor.ts";
export type { DataType, FloatTensor, Input, Tensor, TensorDataMap, TensorOf } from "./tensor.ts";
export type { Target, TargetOption } from "./target.ts";
export { CONTRACT_VERSION } from "./model.ts";
export type {
  Capabilities,
  ForwardRequest,
  ForwardResult,
  Layout,
  Model,
  Rule,
  Score,
  ScoreRequest,
  ScoreResult,
  ValueInfo,
  VjpRequest,
  VjpResult,
} from "./model.ts";
export type { Attribution, ExplainOptions, Explainer, MethodDescription, Mirrored, Progress, Provenance } from "./explainer.ts";
export { batchSize, concatRows, repeatRow, sliceFeeds, splitRows } from "./batches.ts";
export type { RowRange } from "./batches.ts";
export { betweenRuns } from "./between-runs.ts";
export { arrayNameOf, isFloatType } from "./data-types.ts";
export { nearestNames } from "./nearest-names.ts";
export { expandTargets, gatherScores, resolveTargets, targetAt } from "./resolve-target.ts";
export type { ResolvedTargets, ScoredOutput } from "./resolve-target.ts";
export { resolveOutput, resolveWrt } from "./resolve-values.ts";
export type { ResolveWrtOptions } from "./resolve-values.ts";
export { firstNonFinite, validateFeeds, validateTensor } from "./validate-feeds.ts";
export type { ValidateFeedsOptions } from "./validate-feeds.ts";
export { BaseProp } from "./base-prop.ts";
export type { BasePropOptions } from "./base-prop.ts";
export { RULES, checkContract, checkRule } from "./check-model.ts";
export { checkExplainer } from "./check-explainer.ts";
export { checkExplainOptions, checkOptionNames } from "./check-options.ts";
export { feedInner } from "./feed-inner.ts";
export { fromFloat64, toFloat64 } from "./float-values.ts";
export { checkSeed, createNoise } from "./noise.ts";
export type { NoiseSource } from "./noise.ts";
export { dropBatchAxis, mirrorInput, resolveInput } from "./resolve-input.ts";
export type { ResolvedInput } from "./resolve-input.ts";
export { addScaled, sumTensors } from "./row-sum.ts";
export { scoreRows } from "./score-rows.ts";
export type { ScoreRowsOptions } from "./score-rows.ts";
export { VERSION } from "./version.ts";
export { assembleRows } from "./assemble-rows.ts";
export type { RowValues } from "./assemble-rows.ts";
