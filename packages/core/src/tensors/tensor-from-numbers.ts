import { ELEMENT_ARRAYS, isFloatType } from "./data-types.ts";
import { XDeepError } from "../errors/error.ts";
import { fromFloat64 } from "./float-values.ts";
import type { DataType, Tensor } from "./tensor.ts";

/** Where numbers come from, as errors say it. */
export interface NumbersOrigin {
  /** At the beginning of a sentence, such as `"row.json"`. */
  readonly subject: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The tensor of an input from plain numbers, row-major: floats are rounded to the nearest, integers and booleans must be what the type can hold.
 *
 * @throws {XDeepError} INPUT_TYPE for numbers that an integer type cannot hold, and for inputs of strings
 */
export function tensorFromNumbers(type: DataType, dims: readonly number[], numbers: ArrayLike<number>, { subject, details = {} }: NumbersOrigin): Tensor {
  if (isFloatType(type)) return fromFloat64(type, dims, Float64Array.from(numbers));
  const refused = (what: string, index?: number): XDeepError => new XDeepError("INPUT_TYPE", `${subject} ${what}`, { details: { ...details, type, index } });
  if (type === "string") throw refused("is for an input of strings, which xdeep does not feed.");
  const list = Array.from(numbers);
  const broken = list.findIndex((value) => !Number.isSafeInteger(value));
  if (broken >= 0) throw refused(`holds ${list[broken]} at element ${broken}; the model's input is of type ${type}, integers.`, broken);
  const isBig = type === "int64" || type === "uint64";
  const ArrayType = ELEMENT_ARRAYS[type];
  const data = isBig ? (ArrayType as BigInt64ArrayConstructor).from(list, BigInt) : (ArrayType as Int32ArrayConstructor).from(list);
  const wrapped = list.findIndex((value, index) => Number(data[index]) !== value);
  if (wrapped >= 0) throw refused(`holds ${list[wrapped]} at element ${wrapped}, which ${type} cannot hold.`, wrapped);
  return { type, dims: [...dims], data } as Tensor;
}
