export { Attributes } from "./attributes.ts";
export { dataTypeCode, dataTypeName, isFloatType } from "./data-type.ts";
export { externalDataFiles, resolveExternalData } from "./external-data.ts";
export { staticDims, unknownFacts } from "./facts.ts";
export type { Dim, Facts } from "./facts.ts";
export { GraphBuilder, rankOf } from "./graph-builder.ts";
export type { EmitOptions, GraphBuilderOptions, Value } from "./graph-builder.ts";
export { namesOfGraph, operandsOf, outerValues, subgraphsOf, takeName, withSubgraphs } from "./graph-names.ts";
export { numbersOf } from "./infer/elements.ts";
export { inferAttributeGraph, inferGraph, inferSubgraph } from "./infer/infer-graph.ts";
export type { AttributeGraph, InferGraphOptions, InferSubgraphOptions } from "./infer/infer-graph.ts";
export { inferNode } from "./infer/infer-node.ts";
export type { InferenceContext } from "./infer/rule.ts";
export { substituteDim } from "./infer/substitute-dim.ts";
export { inlineFunctions } from "./inline-functions.ts";
export { DEFAULT_LIMITS, beyondLimit, resolveLimits } from "./limits.ts";
export type { ModelLimits } from "./limits.ts";
export { loadModelFile } from "./load-model-file.ts";
export type { ModelFile } from "./load-model-file.ts";
export { mapGraphs } from "./map-graphs.ts";
export { mapTensors, tensorsOf } from "./map-tensors.ts";
export type { TensorMap } from "./map-tensors.ts";
export { graphProto } from "./graph-proto.ts";
export { modelProto } from "./model-proto.ts";
export type { ModelParts } from "./model-proto.ts";
export { FloatAttribute, attributeProto, float, nodeProto } from "./node.ts";
export type { AttributeValue, NodeOptions } from "./node.ts";
export { NEWEST_OPSET, opVersions } from "./op-versions.ts";
export { defaultOpset, upgradeOpset } from "./opset/upgrade-opset.ts";
export { readModel } from "./read-model.ts";
export { saveModelFile } from "./save-model-file.ts";
export type { SaveModelFileOptions } from "./save-model-file.ts";
export { renameGraph, renameNode } from "./rename-nodes.ts";
export type { Rename } from "./rename-nodes.ts";
export { isDefaultDomain, sinceVersion } from "./since-version.ts";
export { earliestOrder, sortNodes } from "./sort-nodes.ts";
export { tensorData, tensorProto } from "./tensor-data.ts";
export type { ConstantTensor } from "./tensor-data.ts";
export { allowedElements, checkSizes } from "./check/check-sizes.ts";
export type { SizedGraph } from "./check/check-sizes.ts";
export { validateModel } from "./check/validate-model.ts";
export { valueInfoProto } from "./value-info.ts";
export { withFields, withoutFields } from "./with-fields.ts";
export { writeModelInPieces } from "./write-in-pieces.ts";
export type { ModelInPieces } from "./write-in-pieces.ts";
export { weightBytes, writeModel, writeModelWithExternalData } from "./write-model.ts";
export type { ExternalDataOptions, ModelWithExternalData } from "./write-model.ts";
export { metadataProps } from "./metadata.ts";
export type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  SparseTensorProto,
  TensorProto,
  TypeProto,
  ValueInfoProto,
} from "./gen/onnx_pb.ts";
