import { sizeOf } from "@xdeep/core";
import {
  Attributes,
  type ConstantTensor,
  type GraphProto,
  type NodeProto,
  type SparseTensorProto,
  type TensorProto,
  nodeProto,
  tensorData,
  tensorProto,
  withFields,
} from "@xdeep/onnx";

/** A graph whose sparse initializers and sparse Constants are written out in full, as rules and inference read constants. */
export function denseConstants(graph: GraphProto): GraphProto {
  if (graph.sparseInitializer.length === 0 && !graph.node.some(isSparseConstant)) return graph;
  return withFields(graph, {
    initializer: [...graph.initializer, ...graph.sparseInitializer.map((sparse) => dense(sparse.values?.name ?? "", sparse))],
    sparseInitializer: [],
    node: graph.node.map((node) => (isSparseConstant(node) ? denseConstant(node) : node)),
  });
}

function isSparseConstant(node: NodeProto): boolean {
  return node.opType === "Constant" && new Attributes(node).has("sparse_value");
}

function denseConstant(node: NodeProto): NodeProto {
  const sparse = node.attribute.find(({ name }) => name === "sparse_value")?.sparseTensor as SparseTensorProto;
  return nodeProto("Constant", [], node.output, { value: dense("", sparse) }, { name: node.name });
}

/** Indices are row-major positions [nnz], or coordinates [nnz, rank]. */
function dense(name: string, { dims: sizes, values, indices }: SparseTensorProto): TensorProto {
  const dims = sizes.map(Number);
  const elements = tensorData(values as TensorProto);
  const places = indices === undefined ? { dims: [0], data: new BigInt64Array(0) } : (tensorData(indices) as ConstantTensor & { readonly data: BigInt64Array });
  const ArrayType = elements.data.constructor as Float32ArrayConstructor;
  const data = new ArrayType(sizeOf(dims));
  const width = places.dims[1];
  Array.from(elements.data as Float32Array).forEach((value, i) => {
    const at = width === undefined ? Number(places.data[i]) : dims.reduce((offset, dim, axis) => offset * dim + Number(places.data[i * width + axis]), 0);
    data[at] = value;
  });
  return tensorProto(name, { type: elements.type, dims, data } as unknown as ConstantTensor);
}
