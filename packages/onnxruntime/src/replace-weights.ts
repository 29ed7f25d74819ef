import type { FloatTensor } from "@xdeep/core";
import { type WeightsHook, checkReplacement, fromFloat64, toFloat64 } from "@xdeep/core/backend";
import {
  type ConstantTensor,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  isFloatType,
  dataTypeName,
  tensorData,
  tensorProto,
  withFields,
} from "@xdeep/onnx";

/**
 * A model with its weights replaced: every float initializer with an axis, and every Constant of more than one number, by their names in the
 * file. The weights are handed over as float32 and written back in their own type.
 *
 * @throws {XDeepError} OPTION_INVALID for a replacement of another type or other dims
 */
export function replaceWeights(model: ModelProto, hook: WeightsHook): ModelProto {
  const { graph } = model;
  if (graph === undefined) return model;
  return withFields(model, {
    graph: withFields(graph, {
      initializer: graph.initializer.map((tensor) => replaced(tensor.name, tensor, hook)),
      node: graph.node.map((node) => replaceConstant(node, hook)),
    }),
  });
}

function replaceConstant(node: NodeProto, hook: WeightsHook): NodeProto {
  if (node.opType !== "Constant") return node;
  const attribute = node.attribute.map((each) =>
    each.name === "value" && each.t !== undefined && each.t.dims.some((dim) => dim > 1)
      ? withFields(each, { t: replaced(node.output[0] ?? "", each.t, hook) })
      : each,
  );
  return withFields(node, { attribute });
}

function replaced(name: string, tensor: TensorProto, hook: WeightsHook): TensorProto {
  const type = dataTypeName(tensor.dataType);
  if (tensor.dims.length === 0 || type === null || !isFloatType(type)) return tensor;
  const before = tensorData(tensor);
  // A copy: the hook may write into it, and the bytes of the file stay as they are.
  const given: FloatTensor = {
    type: "float32",
    dims: [...before.dims],
    data: before.type === "float32" ? before.data.slice() : Float32Array.from(toFloat64(before)),
  };
  const after = hook(name, given);
  checkReplacement(name, given, after);
  const weights = after.data === given.data ? after.data : after.data.slice();
  return tensorProto(
    tensor.name,
    before.type === "float32"
      ? { type: "float32", dims: before.dims, data: weights }
      : (fromFloat64(before.type, before.dims, Float64Array.from(weights)) as ConstantTensor),
  );
}
