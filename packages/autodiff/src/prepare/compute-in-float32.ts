import { toFloat64 } from "@xdeep/core/backend";
import {
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type TypeProto,
  dataTypeCode,
  mapGraphs,
  mapTensors,
  tensorData,
  tensorProto,
  withAttributes,
  withFields,
} from "@xdeep/onnx";

const HALVES: ReadonlySet<number> = new Set([dataTypeCode("float16"), dataTypeCode("bfloat16")]);
const FLOAT32 = dataTypeCode("float32");

/** Attributes that name an element type: of Cast, of random and window operators, of dequantization. */
const TYPE_ATTRIBUTES: ReadonlySet<string> = new Set(["to", "dtype", "output_datatype", "output_dtype"]);

/**
 * A model in which float32 stands wherever float16 or bfloat16 stood: weights, inputs, outputs, casts, subgraphs. It computes the same with
 * fewer rounding errors, and its gradients do not overflow at 65504. A model without such types is returned as it is.
 */
export function computeInFloat32(model: ModelProto): ModelProto {
  if (model.graph === undefined || !hasHalves(model)) return model;
  const widened = mapTensors(model, widenTensor);
  return withFields(widened, { graph: widenGraph(widened.graph as GraphProto) });
}

function hasHalves(model: ModelProto): boolean {
  let found = false;
  mapTensors(model, (tensor) => {
    found ||= HALVES.has(tensor.dataType);
    return tensor;
  });
  const graph = model.graph as GraphProto;
  return found || [...graph.input, ...graph.output].some(({ type }) => widenType(type) !== type) || graph.node.some((node) => widenNode(node) !== node);
}

function widenTensor(tensor: TensorProto): TensorProto {
  if (!HALVES.has(tensor.dataType)) return tensor;
  const constant = tensorData(tensor);
  return tensorProto(tensor.name, { type: "float32", dims: constant.dims, data: Float32Array.from(toFloat64(constant)) });
}

function widenGraph(graph: GraphProto): GraphProto {
  const widened = <T extends { readonly type?: TypeProto | undefined }>(values: T[]): T[] =>
    values.map((value) => withFields(value as never, { type: widenType(value.type) } as never));
  return withFields(graph, {
    node: graph.node.map(widenNode),
    input: widened(graph.input),
    output: widened(graph.output),
    valueInfo: widened(graph.valueInfo),
  });
}

function widenNode(node: NodeProto): NodeProto {
  return withAttributes(node, node.attribute.map(widenAttribute));
}

function widenAttribute(attribute: AttributeProto): AttributeProto {
  if (TYPE_ATTRIBUTES.has(attribute.name) && HALVES.has(Number(attribute.i))) return withFields(attribute, { i: BigInt(FLOAT32) });
  return mapGraphs(attribute, widenGraph);
}

function widenType(type: TypeProto | undefined): TypeProto | undefined {
  const value = type?.value;
  switch (value?.case) {
    case "tensorType":
      return HALVES.has(value.value.elemType)
        ? withFields(type as TypeProto, { value: { case: value.case, value: withFields(value.value, { elemType: FLOAT32 }) } })
        : type;
    case "sequenceType":
    case "optionalType": {
      const elemType = widenType(value.value.elemType);
      return elemType === value.value.elemType
        ? type
        : withFields(type as TypeProto, { value: { case: value.case, value: withFields(value.value, { elemType }) } as never });
    }
    default:
      return type;
  }
}
