export { Attributes } from "./graphs/attributes.ts";
export { dataTypeCode, dataTypeName, isFloatType } from "./files/data-type.ts";
export { externalDataFiles, resolveExternalData } from "./files/external-data.ts";
export { asDeclared, declareDims } from "./graphs/declare-dims.ts";
export { axisFromFront, factsWithin, staticDims, unknownFacts } from "./graphs/facts.ts";
export type { Dim, Facts, FactsByName } from "./graphs/facts.ts";
export { GraphBuilder, rankOf } from "./graphs/graph-builder.ts";
export type { EmitOptions, NodeWriterOptions, Value } from "./graphs/node-writer.ts";
export { namesOfGraph, operandsOf, outerValues, subgraphsOf, takeName, withSubgraphs } from "./graphs/graph-names.ts";
export { numbersOf } from "./infer/elements.ts";
export { inferAttributeGraph, inferGraph, inferSubgraph } from "./infer/infer-graph.ts";
export type { AttributeGraph, InferGraphOptions, InferSubgraphOptions } from "./infer/infer-graph.ts";
export { inferNode } from "./infer/infer-node.ts";
export type { InferenceContext } from "./infer/rule.ts";
export { substituteDim } from "./infer/substitute-dim.ts";
export { inlineFunctions } from "./functions/inline-functions.ts";
export { DEFAULT_LIMITS, beyondLimit, resolveLimits } from "./files/limits.ts";
export type { ModelLimits } from "./files/limits.ts";
export { loadModelFile } from "./files/load-model-file.ts";
export type { ModelFile } from "./files/load-model-file.ts";
export { mapGraphs } from "./graphs/map-graphs.ts";
export { mapTensors, tensorsOf } from "./graphs/map-tensors.ts";
export type { TensorMap } from "./graphs/map-tensors.ts";
export { graphProto } from "./files/graph-proto.ts";
export { modelProto } from "./files/model-proto.ts";
export type { ModelParts } from "./files/model-proto.ts";
export { FloatAttribute, attributeProto, float, nodeProto } from "./graphs/node.ts";
export type { AttributeValue, NodeOptions } from "./graphs/node.ts";
export { NEWEST_OPSET, opVersions } from "./op-versions.ts";
export { defaultOpset, upgradeOpset } from "./opset/upgrade-opset.ts";
export { readModel } from "./files/read-model.ts";
export { saveModelFile } from "./files/save-model-file.ts";
export type { SaveModelFileOptions } from "./files/save-model-file.ts";
export { renameGraph, renameNode } from "./graphs/rename-nodes.ts";
export type { Rename } from "./graphs/rename-nodes.ts";
export { isDefaultDomain, sinceVersion } from "./since-version.ts";
export { earliestOrder, sortNodes } from "./graphs/sort-nodes.ts";
export { tensorData, tensorProto } from "./files/tensor-data.ts";
export type { ConstantTensor } from "./files/tensor-data.ts";
export { allowedElements, checkSizes, workOfRound } from "./check/check-sizes.ts";
export type { SizedGraph } from "./check/check-sizes.ts";
export { validateModel } from "./check/validate-model.ts";
export { valueInfoProto } from "./graphs/value-info.ts";
export { withAttributes, withFields, withNodes, withoutFields } from "./graphs/with-fields.ts";
export { writeModelInPieces } from "./files/write-in-pieces.ts";
export type { ModelInPieces } from "./files/write-in-pieces.ts";
export { weightBytes, writeModel, writeModelWithExternalData } from "./files/write-model.ts";
export type { ExternalDataOptions, ModelWithExternalData } from "./files/write-model.ts";
export { metadataProps } from "./graphs/metadata.ts";
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
