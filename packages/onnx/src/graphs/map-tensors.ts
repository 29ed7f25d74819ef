import type { AttributeProto, GraphProto, ModelProto, NodeProto, SparseTensorProto, TensorProto } from "../gen/onnx_pb.ts";
import { mapGraphs } from "./map-graphs.ts";
import { withFields } from "./with-fields.ts";

/** A tensor in place of another; returning the tensor itself changes nothing. */
export type TensorMap = (tensor: TensorProto, place: "attribute" | "initializer") => TensorProto;

/** A model with every tensor replaced: initializers and attributes, in subgraphs and functions too. What has no tensor in it is shared. */
export function mapTensors(model: ModelProto, map: TensorMap): ModelProto {
  return withFields(model, {
    ...(model.graph === undefined ? {} : { graph: mapGraph(model.graph, map) }),
    functions: model.functions.map((proto) => withFields(proto, { node: proto.node.map((node) => mapNode(node, map)) })),
    trainingInfo: model.trainingInfo.map((info) =>
      withFields(info, {
        ...(info.initialization === undefined ? {} : { initialization: mapGraph(info.initialization, map) }),
        ...(info.algorithm === undefined ? {} : { algorithm: mapGraph(info.algorithm, map) }),
      }),
    ),
  });
}

/** All tensors of a model. */
export function tensorsOf(model: ModelProto): readonly TensorProto[] {
  const tensors: TensorProto[] = [];
  mapTensors(model, (tensor) => {
    tensors.push(tensor);
    return tensor;
  });
  return tensors;
}

function mapGraph(graph: GraphProto, map: TensorMap): GraphProto {
  return withFields(graph, {
    initializer: graph.initializer.map((tensor) => map(tensor, "initializer")),
    sparseInitializer: graph.sparseInitializer.map((sparse) => mapSparse(sparse, map)),
    node: graph.node.map((node) => mapNode(node, map)),
  });
}

function mapNode(node: NodeProto, map: TensorMap): NodeProto {
  if (!node.attribute.some(hasTensors)) return node;
  return withFields(node, { attribute: node.attribute.map((attribute) => (hasTensors(attribute) ? mapAttribute(attribute, map) : attribute)) });
}

function hasTensors({ t, tensors, sparseTensor, sparseTensors, g, graphs }: AttributeProto): boolean {
  return t !== undefined || sparseTensor !== undefined || g !== undefined || tensors.length + sparseTensors.length + graphs.length > 0;
}

function mapAttribute(attribute: AttributeProto, map: TensorMap): AttributeProto {
  const { t, tensors, sparseTensor, sparseTensors } = attribute;
  return withFields(
    mapGraphs(attribute, (graph) => mapGraph(graph, map)),
    {
      ...(t === undefined ? {} : { t: map(t, "attribute") }),
      ...(tensors.length === 0 ? {} : { tensors: tensors.map((tensor) => map(tensor, "attribute")) }),
      ...(sparseTensor === undefined ? {} : { sparseTensor: mapSparse(sparseTensor, map) }),
      ...(sparseTensors.length === 0 ? {} : { sparseTensors: sparseTensors.map((sparse) => mapSparse(sparse, map)) }),
    },
  );
}

function mapSparse(sparse: SparseTensorProto, map: TensorMap): SparseTensorProto {
  const { values, indices } = sparse;
  return withFields(sparse, {
    ...(values === undefined ? {} : { values: map(values, "attribute") }),
    ...(indices === undefined ? {} : { indices: map(indices, "attribute") }),
  });
}
