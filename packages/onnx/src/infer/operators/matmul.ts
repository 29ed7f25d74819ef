import type { Dim, Facts } from "../../graphs/facts.ts";
import { broadcastDims } from "../broadcast.ts";
import { type InferenceRules, type NodeView, tensor } from "../rule.ts";

/** Matrix products. */
export const matmulRules: InferenceRules = {
  MatMul: (node) => [tensor(node.type(0) ?? node.type(1), matmulDims(node, node.dims(0), node.dims(1)))],
  MatMulInteger: (node) => [tensor("int32", matmulDims(node, node.dims(0), node.dims(1)))],
  QLinearMatMul: (node) => [tensor(node.type(7), matmulDims(node, node.dims(0), node.dims(3)))],
  Gemm: (node) => [gemm(node)],
  Det: (node) => [tensor(node.type(0), node.dims(0)?.slice(0, -2) ?? null)],
};

/** Dims of a · b as numpy.matmul has them: vectors count as a row on the left and a column on the right. */
export function matmulDims(node: NodeView, a: readonly Dim[] | null, b: readonly Dim[] | null): readonly Dim[] | null {
  if (a === null || b === null) return null;
  if (a.length === 0 || b.length === 0) throw node.invalid("a scalar has no matrix product");
  const left = a.length === 1 ? [1, ...a] : a;
  const right = b.length === 1 ? [...b, 1] : b;
  checkInner(node, left.at(-1) as Dim, right.at(-2) as Dim);
  const batch = broadcastDims([left.slice(0, -2), right.slice(0, -2)]);
  if (batch === "contradiction" || batch === null) throw node.invalid("the leading axes do not broadcast together");
  return [...batch, ...(a.length === 1 ? [] : [left.at(-2) as Dim]), ...(b.length === 1 ? [] : [right.at(-1) as Dim])];
}

function gemm(node: NodeView): Facts {
  const [a, b] = [matrix(node, 0, "transA"), matrix(node, 1, "transB")];
  checkInner(node, a[1], b[0]);
  return tensor(node.type(0) ?? node.type(1), [a[0], b[1]]);
}

function matrix(node: NodeView, index: number, transposed: string): readonly [Dim, Dim] {
  const dims = node.dims(index);
  if (dims === null) return [null, null];
  if (dims.length !== 2) throw node.invalid(`input ${index} has rank ${dims.length}, expected 2`);
  const [rows, columns] = dims as [Dim, Dim];
  return node.attributes.int(transposed, 0) === 1 ? [columns, rows] : [rows, columns];
}

function checkInner(node: NodeView, columns: Dim, rows: Dim): void {
  if (typeof columns === "number" && typeof rows === "number" && columns !== rows) {
    throw node.invalid(`the first matrix has ${columns} columns, the second ${rows} rows`);
  }
}
