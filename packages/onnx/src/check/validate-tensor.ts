import { XDeepError, sizeOf } from "@xdeep/core";
import { bitsPerElement } from "../files/data-type.ts";
import { type TensorProto, TensorProto_DataLocation } from "../gen/onnx_pb.ts";

/**
 * Checks the dims of a tensor of the file against the bytes that it holds.
 *
 * @throws {XDeepError} MODEL_INVALID for a dim below 0 or beyond 2⁵³, and where the bytes do not fit the dims
 */
export function validateTensorProto(tensor: TensorProto): void {
  const dims = checkedDims(tensor.dims, `The tensor "${tensor.name}"`);
  const bits = bitsPerElement(tensor.dataType);
  if (tensor.dataLocation === TensorProto_DataLocation.EXTERNAL || tensor.rawData.length === 0 || bits === undefined) return;
  const expected = Math.ceil((sizeOf(dims) * bits) / 8);
  if (tensor.rawData.length === expected) return;
  throw new XDeepError(
    "MODEL_INVALID",
    `The tensor "${tensor.name}" has dims [${dims.join(", ")}], which take ${expected} bytes, but holds ${tensor.rawData.length}. The file is damaged.`,
    { details: { tensor: tensor.name, dims, expected, length: tensor.rawData.length } },
  );
}

/**
 * Dims of the file as numbers.
 *
 * @throws {XDeepError} MODEL_INVALID for a dim below 0, and where a dim or the number of elements lies beyond 2⁵³
 */
export function checkedDims(sizes: readonly bigint[], what: string): readonly number[] {
  const dims = sizes.map(Number);
  // A dim of 0 must not hide the size of the others.
  const product = dims.reduce((size, dim) => size * Math.max(1, dim), 1);
  if (dims.every((dim) => dim >= 0) && product <= Number.MAX_SAFE_INTEGER) return dims;
  throw new XDeepError("MODEL_INVALID", `${what} has dims [${sizes.join(", ")}]. Sizes lie between 0 and 2^53 elements. The file is damaged.`, {
    details: { dims: sizes.map(String) },
  });
}
