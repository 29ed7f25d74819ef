export { Attributes } from "./attributes.ts";
export { dataTypeCode, dataTypeName, isFloatType } from "./data-type.ts";
export { staticDims, unknownFacts } from "./facts.ts";
export type { Dim, Facts } from "./facts.ts";
export { FloatAttribute, attributeProto, float, nodeProto } from "./node.ts";
export type { AttributeValue, NodeOptions } from "./node.ts";
export { readModel } from "./read-model.ts";
export { tensorData, tensorProto } from "./tensor-data.ts";
export type { ConstantTensor } from "./tensor-data.ts";
export { writeModel } from "./write-model.ts";
export type {
  AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto, SparseTensorProto, TensorProto, TypeProto, ValueInfoProto,
} from "./gen/onnx_pb.ts";
