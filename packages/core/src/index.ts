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
