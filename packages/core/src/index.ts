export { fromJSON } from "./explain/attribution.ts";
export { explainTargets } from "./explain/explain-targets.ts";
export { BaseProp } from "./explain/base-prop.ts";
export type { BasePropOptions } from "./explain/base-prop.ts";
export { ERROR_CODES, XDeepError, isXDeepError } from "./errors/error.ts";
export type { XDeepErrorCode, XDeepErrorOptions } from "./errors/error.ts";
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
} from "./contract/explainer.ts";
export { CONTRACT_VERSION } from "./contract/model.ts";
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
} from "./contract/model.ts";
export type { Entry, Target, TargetOption, Term } from "./contract/target.ts";
export { float32, isTensor, sizeOf, sliceRows } from "./tensors/tensor.ts";
export type { DataType, FloatTensor, Input, Tensor, TensorDataMap, TensorOf } from "./tensors/tensor.ts";
export { VERSION } from "./version.ts";
export { printable, printableLines } from "./errors/printable.ts";
export type { WeightsHook } from "./contract/weights-hook.ts";
