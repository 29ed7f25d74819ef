import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

/**
 * Puts each element where its index says in the flat output, zeros elsewhere.
 *
 * With output_shape the indices are positions in an output of that shape, as in ONNX Runtime and PyTorch; the official test
 * maxunpool_export_with_output_shape takes them for positions in the inferred shape (onnx issue 2398).
 */
function maxUnpool(call: OperatorCall): readonly Value64[] {
  const [x, indices] = [call.input(0), call.input(1)];
  const y = value64(x.type, call.integers(2) ?? inferredDims(call, x));
  for (const [i, element] of x.data.entries()) y.data[indices.data[i]!] = element;
  return [y];
}

/** The dims of the array that MaxPool saw, when no window reached beyond it. */
function inferredDims(call: OperatorCall, x: Value64): number[] {
  const kernel = call.attributes.ints("kernel_shape", []);
  const strides = call.attributes.ints(
    "strides",
    kernel.map(() => 1),
  );
  const pads = call.attributes.ints(
    "pads",
    [...kernel, ...kernel].map(() => 0),
  );
  const spatial = x.dims.slice(2).map((size, axis) => (size - 1) * strides[axis]! + kernel[axis]! - pads[axis]! - pads[axis + kernel.length]!);
  return [...x.dims.slice(0, 2), ...spatial];
}

/** The partial inverse of MaxPool. */
export const maxUnpoolOperators: OperatorTable = { MaxUnpool: maxUnpool };
