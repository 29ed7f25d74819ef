import type { DataType } from "@xdeep/core";
import type { Dim, Facts } from "../../graphs/facts.ts";
import { addDims, multiplyDims, subtractDims } from "../dim-arithmetic.ts";
import { type InferenceRules, type NodeView, tensor } from "../rule.ts";
import { slideWindow, windowExtent, windowGeometry } from "../window.ts";

/** Pools over [N, C, …spatial], and what undoes them. */
export const poolRules: InferenceRules = {
  AveragePool: (node) => [pool(node, node.type(0))],
  LpPool: (node) => [pool(node, node.type(0))],
  MaxPool: (node) => {
    const values = pool(node, node.type(0));
    return [values, tensor("int64", values.dims)];
  },
  GlobalAveragePool: (node) => [globalPool(node)],
  GlobalLpPool: (node) => [globalPool(node)],
  GlobalMaxPool: (node) => [globalPool(node)],
  MaxUnpool: (node) => [unpool(node)],
};

function pool(node: NodeView, type: DataType | null): Facts {
  const dims = node.dims(0);
  const kernel = node.attributes.ints("kernel_shape");
  if (dims === null || kernel === undefined) return tensor(type, null);
  if (dims.length !== kernel.length + 2) throw node.invalid(`kernel_shape has ${kernel.length} sizes, the input has rank ${dims.length}`);
  return tensor(type, [...dims.slice(0, 2), ...slideWindow(dims.slice(2), windowGeometry(node, kernel))]);
}

function globalPool(node: NodeView): Facts {
  return tensor(node.type(0), node.dims(0)?.map((dim, axis) => (axis < 2 ? dim : 1)) ?? null);
}

function unpool(node: NodeView): Facts {
  const dims = node.dims(0);
  if (node.has(2)) return tensor(node.type(0), node.elements(2)?.values ?? dims?.map(() => null) ?? null);
  const geometry = windowGeometry(node, node.attributes.ints("kernel_shape") ?? []);
  const sizes = dims?.slice(2).map((size, axis) => unpooledSize(size, axis, geometry));
  return tensor(node.type(0), dims && sizes ? [...dims.slice(0, 2), ...sizes] : null);
}

function unpooledSize(size: Dim, axis: number, geometry: ReturnType<typeof windowGeometry>): Dim {
  const pads = (geometry.pads[axis] ?? 0) + (geometry.pads[axis + geometry.kernel.length] ?? 0);
  const steps = multiplyDims(subtractDims(size, 1), geometry.strides[axis] ?? 1);
  return subtractDims(addDims(steps, windowExtent(geometry, axis)), pads);
}
