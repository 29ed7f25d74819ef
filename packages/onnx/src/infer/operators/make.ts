import { sizeOf } from "@xdeep/core";
import { dataTypeName } from "../../files/data-type.ts";
import { type Dim, type Facts, axisFromFront } from "../../graphs/facts.ts";
import { type ConstantTensor, tensorData } from "../../files/tensor-data.ts";
import { productOfDims } from "../dim-arithmetic.ts";
import { factsWithElements, isSmall } from "../elements.ts";
import { type InferenceRules, type NodeView, tensor } from "../rule.ts";

/** Operators that make tensors from attributes, from shapes, or at random. */
export const makeRules: InferenceRules = {
  Constant: (node) => [constant(node)],
  ConstantOfShape: (node) => [constantOfShape(node)],
  Shape: (node) => [shape(node)],
  Size: (node) => [factsWithElements("int64", [], node.dims(0) && [productOfDims(node.dims(0) as readonly Dim[])])],
  Range: (node) => [range(node)],
  EyeLike: (node) => [tensor(typeAttribute(node, "dtype", node.type(0)), node.dims(0))],
  RandomNormal: drawn,
  RandomUniform: drawn,
  RandomNormalLike: drawnLike,
  RandomUniformLike: drawnLike,
  Bernoulli: drawnLike,
  Multinomial: (node) => [tensor(typeAttribute(node, "dtype", "int32"), [node.dims(0)?.[0] ?? null, node.attributes.int("sample_size", 1)])],
  HannWindow: signalWindow,
  HammingWindow: signalWindow,
  BlackmanWindow: signalWindow,
};

/** Facts of a value that is known before any run. */
export function factsOfConstant(constant: ConstantTensor): Facts {
  return { type: constant.type, dims: constant.dims, constant };
}

function constant(node: NodeView): Facts {
  const { attributes } = node;
  const value = attributes.tensor("value");
  if (value !== undefined) return constantTensor(value);
  const int = attributes.int("value_int");
  if (int !== undefined) return factsWithElements("int64", [], [int]);
  const ints = attributes.ints("value_ints");
  if (ints !== undefined) return factsOfConstant({ type: "int64", dims: [ints.length], data: BigInt64Array.from(ints, BigInt) });
  const float = attributes.float("value_float");
  if (float !== undefined) return factsWithElements("float32", [], [Math.fround(float)]);
  const floats = attributes.floats("value_floats");
  if (floats !== undefined) return factsOfConstant({ type: "float32", dims: [floats.length], data: Float32Array.from(floats) });
  const strings = attributes.strings("value_strings");
  if (strings !== undefined) return tensor("string", [strings.length]);
  return attributes.has("value_string") ? tensor("string", []) : { type: null, dims: null, container: "sparse" };
}

/** A tensor of the model: its elements too, unless they are of a type without plain numbers or lie in another file. */
export function constantTensor(proto: Parameters<typeof tensorData>[0]): Facts {
  const type = dataTypeName(proto.dataType);
  if (type === null || proto.externalData.length > 0) return tensor(type, proto.dims.map(Number));
  return factsOfConstant(tensorData(proto));
}

function constantOfShape(node: NodeView): Facts {
  const value = node.attributes.tensor("value");
  const fill = value === undefined ? factsWithElements("float32", [1], [0]) : constantTensor(value);
  const dims = node.shape(0);
  const [element] =
    fill.constant === undefined || fill.type === "string"
      ? (fill.elements ?? [null])
      : Array.from<number | bigint | string, number>(fill.constant.data as ArrayLike<number>, Number);
  const elements = isSmall(dims) && fill.type !== "float16" && fill.type !== "bfloat16" ? Array.from({ length: sizeOf(dims) }, () => element ?? null) : null;
  return factsWithElements(fill.type, dims, elements);
}

function shape(node: NodeView): Facts {
  const dims = node.dims(0);
  if (dims === null) return tensor("int64", [null]);
  const kept = dims.slice(clampAxis(node.attributes.int("start", 0), dims.length), clampAxis(node.attributes.int("end", dims.length), dims.length));
  return factsWithElements("int64", [kept.length], kept);
}

function clampAxis(axis: number, rank: number): number {
  return Math.min(Math.max(axisFromFront(axis, rank), 0), rank);
}

function range(node: NodeView): Facts {
  const [start, limit, delta] = [node.elements(0)?.values[0], node.elements(1)?.values[0], node.elements(2)?.values[0]];
  const type = node.type(0) ?? node.type(1);
  if (start === 0 && delta === 1 && typeof limit === "string") return tensor(type, [limit]);
  if (typeof start !== "number" || typeof limit !== "number" || typeof delta !== "number") return tensor(type, [null]);
  const length = Math.max(0, Math.ceil((limit - start) / delta));
  const elements = isSmall([length]) && type?.includes("int") === true ? Array.from({ length }, (_, index) => start + index * delta) : null;
  return factsWithElements(type, [length], elements);
}

function drawn(node: NodeView): readonly Facts[] {
  return [tensor(typeAttribute(node, "dtype", "float32"), node.attributes.ints("shape") ?? null)];
}

function drawnLike(node: NodeView): readonly Facts[] {
  return [tensor(typeAttribute(node, "dtype", node.type(0)), node.dims(0))];
}

function signalWindow(node: NodeView): readonly Facts[] {
  return [tensor(typeAttribute(node, "output_datatype", "float32"), [node.elements(0)?.values[0] ?? null])];
}

/** An element type given as an attribute; `fallback` where it is left out. */
export function typeAttribute(node: NodeView, name: string, fallback: Facts["type"]): Facts["type"] {
  const code = node.attributes.int(name);
  return code === undefined ? fallback : dataTypeName(code);
}
