export { ERROR_CODES, XDeepError, isXDeepError } from "./error.ts";
export type { XDeepErrorCode, XDeepErrorOptions } from "./error.ts";
export { float32, isTensor, sizeOf, sliceRows } from "./tensor.ts";
export type { DataType, FloatTensor, Input, Tensor, TensorDataMap, TensorOf } from "./tensor.ts";
export type { Target, TargetOption } from "./target.ts";
export { CONTRACT_VERSION } from "./model.ts";
export type {
  Capabilities, ForwardRequest, ForwardResult, Layout, Model, Rule, Score, ScoreRequest, ScoreResult, ValueInfo, VjpRequest, VjpResult,
} from "./model.ts";
export type { Attribution, ExplainOptions, Explainer, MethodDescription, Mirrored, Progress, Provenance } from "./explainer.ts";
export { batchSize, concatRows, repeatRow, sliceFeeds, splitRows } from "./batches.ts";
export type { RowRange } from "./batches.ts";
export { betweenRuns } from "./between-runs.ts";
export { arrayNameOf, isFloatType } from "./data-types.ts";
export { nearestNames } from "./nearest-names.ts";
export { expandTargets, gatherScores, resolveTargets } from "./resolve-target.ts";
export type { ResolvedTargets, ScoredOutput } from "./resolve-target.ts";
export { resolveOutput, resolveWrt } from "./resolve-values.ts";
export type { ResolveWrtOptions } from "./resolve-values.ts";
export { firstNonFinite, validateFeeds, validateTensor } from "./validate-feeds.ts";
export type { ValidateFeedsOptions } from "./validate-feeds.ts";
