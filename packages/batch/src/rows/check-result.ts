import { XDeepError, float32, isTensor } from "@xdeep/core";
import { firstNonFinite } from "@xdeep/core/method";

import type { RowResult } from "./row-record.ts";

/**
 * What a job said of a row, as arrays and sums can hold it: bytes of another type, or fewer of them, would be read back as other numbers.
 *
 * @throws {XDeepError} OPTION_INVALID for what is no result; RESULT_NOT_FINITE for a score or an attribution that is NaN or infinite
 */
export function checkResult(result: RowResult | null | undefined, row: string): RowResult {
  const { values, target, score } = result ?? {};
  if (typeof values !== "object" || values === null || target === undefined || typeof score !== "number")
    throw slip(`The job gives no { values, target, score } for "${row}"`, result);
  for (const [name, tensor] of Object.entries(values)) {
    if (!isTensor(tensor) || tensor.type !== "float32" || !(tensor.data instanceof Float32Array))
      throw slip(`"${name}" of "${row}" is no float32 tensor { type, dims, data }; float32(dims, data) of @xdeep/core makes one`, tensor);
    float32(tensor.dims, tensor.data);
    const index = firstNonFinite(tensor);
    if (index >= 0) throw notFinite(`The attribution "${name}"`, row, tensor.data[index]!);
  }
  if (!Number.isFinite(score)) throw notFinite("The score", row, score);
  return result as RowResult;
}

function notFinite(what: string, row: string, got: number): XDeepError {
  return new XDeepError("RESULT_NOT_FINITE", `${what} of "${row}" holds ${got}.`, { details: { row, got } });
}

function slip(problem: string, got: unknown): XDeepError {
  return new XDeepError("OPTION_INVALID", `${problem}.`, { details: { got: typeof got === "object" && got !== null ? Object.keys(got) : got } });
}
