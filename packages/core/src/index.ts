export { fromJSON } from "./attribution.ts";
export { explainTargets } from "./explain-targets.ts";
export { BaseProp } from "./base-prop.ts";
export type { BasePropOptions } from "./base-prop.ts";
export { ERROR_CODES, XDeepError, isXDeepError } from "./error.ts";
export type { XDeepErrorCode, XDeepErrorOptions } from "./error.ts";
export type {
  Attribution,
  AttributionJSON,
  ExplainOptions,
  Explained,
  Explainer,
  MethodDescription,
  Mirrored,
  Progress,
  Provenance,
  RowOrigin,
  TargetsOptions,
  TensorJSON,
} from "./explainer.ts";
export { CONTRACT_VERSION } from "./model.ts";
export type {
  Activation,
  AttentionInfo,
  LayerInfo,
  Capabilities,
  ForwardRequest,
  ForwardResult,
  Layout,
  Model,
  RectifierRule,
  Rule,
  Score,
  ScoreRequest,
  ScoreResult,
  TargetGradients,
  ValueInfo,
  VjpRequest,
  VjpResult,
} from "./model.ts";
export type { Entry, Target, TargetOption, Term } from "./target.ts";
export { float32, isTensor, sizeOf, sliceRows } from "./tensor.ts";
export type { DataType, FloatTensor, Input, Tensor, TensorDataMap, TensorOf } from "./tensor.ts";
export { VERSION } from "./version.ts";
export { printable, printableLines } from "./printable.ts";
export type { WeightsHook } from "./weights-hook.ts";
