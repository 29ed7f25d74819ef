import { XDeepError } from "@xdeep/core";
import type { SparseTensorProto, TensorProto } from "../gen/onnx_pb.ts";
import { beyondLimit } from "../files/limits.ts";
import { tensorData } from "../files/tensor-data.ts";
import { checkedDims, validateTensorProto } from "./validate-tensor.ts";

/** Sparse tensors are written out in full: how many elements they may have together, and have had so far. */
export interface SparseBudget {
  readonly most: number;
  elements: number;
}

/**
 * Checks a sparse tensor: one index for each value, every index inside, in ascending order, none twice.
 *
 * @throws {XDeepError} MODEL_INVALID; MODEL_UNSUPPORTED where it has more elements than the budget still holds
 */
export function validateSparseTensor(sparse: SparseTensorProto, name: string, budget: SparseBudget): void {
  const { values, indices } = sparse;
  const invalid = (problem: string): XDeepError =>
    new XDeepError("MODEL_INVALID", `The sparse tensor "${name}" is damaged: ${problem}. Export the model again.`, { details: { tensor: name } });
  const dims = checkedDims(sparse.dims, `The sparse tensor "${name}"`);
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (values === undefined) throw invalid("it has no values");
  if (dims.length === 0) throw invalid("it has no dims");
  budget.elements += size;
  if (budget.elements > budget.most)
    throw beyondLimit("constantElements", budget.most, `${budget.elements} elements, written out`, `The sparse tensor "${name}"`);
  for (const tensor of indices === undefined ? [values] : [values, indices]) validateTensorProto(tensor);
  const { type, data } = tensorData(values);
  if (type === "string") throw invalid("its values are strings");
  const count = data.length;
  const places = indices === undefined ? [] : placesOf(indices, dims, invalid);
  if (values.dims.length !== 1) throw invalid(`its values have ${values.dims.length} axes, not one`);
  if (places.length !== count) throw invalid(`it has ${count} values and ${places.length} indices`);
  places.forEach((place, i) => {
    if (!(place >= 0 && place < size)) throw invalid(`index ${i} lies outside dims [${dims.join(", ")}]`);
    if (i > 0 && place <= (places[i - 1] as number)) throw invalid(`its indices are not in ascending order at ${i}`);
  });
}

/** Row-major positions: given as such, [count], or as coordinates, [count, rank]. NaN for coordinates outside. */
function placesOf(indices: TensorProto, dims: readonly number[], invalid: (problem: string) => XDeepError): readonly number[] {
  const { type, data, dims: form } = tensorData(indices);
  if (type !== "int64") throw invalid(`its indices are of type ${type}, not int64`);
  const flat = Array.from(data, Number);
  if (form.length === 1) return flat;
  const rank = form[1];
  if (form.length !== 2 || rank !== dims.length) throw invalid(`its indices have dims [${form.join(", ")}], and must have [count] or [count, ${dims.length}]`);
  return Array.from({ length: form[0] as number }, (_, i) =>
    dims.reduce((place, dim, axis) => {
      const at = flat[i * rank + axis] as number;
      return at >= 0 && at < dim ? place * dim + at : Number.NaN;
    }, 0),
  );
}
