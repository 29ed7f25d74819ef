export { Attributes } from "./attributes.ts";
export { dataTypeCode, dataTypeName, isFloatType } from "./data-type.ts";
export { staticDims, unknownFacts } from "./facts.ts";
export type { Dim, Facts } from "./facts.ts";
export { GraphBuilder, rankOf } from "./graph-builder.ts";
export type { EmitOptions, GraphBuilderOptions, Value } from "./graph-builder.ts";
export { namesOfGraph, subgraphsOf, takeName } from "./graph-names.ts";
export { inferGraph, inferSubgraph } from "./infer/infer-graph.ts";
export type { InferGraphOptions, InferSubgraphOptions } from "./infer/infer-graph.ts";
export { inferNode } from "./infer/infer-node.ts";
export type { InferenceContext } from "./infer/rule.ts";
export { substituteDim } from "./infer/substitute-dim.ts";
export { inlineFunctions } from "./inline-functions.ts";
export { modelProto } from "./model-proto.ts";
export type { ModelParts } from "./model-proto.ts";
export { FloatAttribute, attributeProto, float, nodeProto } from "./node.ts";
export type { AttributeValue, NodeOptions } from "./node.ts";
export { NEWEST_OPSET, opVersions } from "./op-versions.ts";
export { defaultOpset, upgradeOpset } from "./opset/upgrade-opset.ts";
export { readModel } from "./read-model.ts";
export { isDefaultDomain, sinceVersion } from "./since-version.ts";
export { tensorData, tensorProto } from "./tensor-data.ts";
export type { ConstantTensor } from "./tensor-data.ts";
export { valueInfoProto } from "./value-info.ts";
export { withFields } from "./with-fields.ts";
export { writeModel } from "./write-model.ts";
export type {
  AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto, SparseTensorProto, TensorProto, TypeProto, ValueInfoProto,
} from "./gen/onnx_pb.ts";
