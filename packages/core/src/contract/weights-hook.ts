import { XDeepError } from "../errors/error.ts";
import { sizeOf } from "../tensors/tensor.ts";
import type { FloatTensor } from "../tensors/tensor.ts";

/** Gives each weight a value in place of its own. Returning the tensor itself keeps it, with what was written into it. Backends call it in the order in which the network uses its weights. */
export type WeightsHook = (name: string, tensor: FloatTensor) => FloatTensor;

/** @throws {XDeepError} OPTION_INVALID for a weight that is to be replaced by a tensor of another type or of other dims */
export function checkReplacement(name: string, { dims }: Pick<FloatTensor, "dims">, after: FloatTensor): void {
  const fits = after?.type === "float32" && after.data instanceof Float32Array && String(after.dims) === String(dims) && after.data.length === sizeOf(dims);
  if (fits) return;
  throw new XDeepError(
    "OPTION_INVALID",
    `\`weights\` gave ${String(after?.type)} [${String(after?.dims)}] for "${name}", which is float32 [${dims.join(", ")}]. Return a tensor of the same type and dims.`,
    {
      details: { option: "weights", name, expected: dims, got: after?.dims },
    },
  );
}
