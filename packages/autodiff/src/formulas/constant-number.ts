import { type Value, numbersOf } from "@xdeep/onnx";

/** The number that a constant of one element holds, or undefined where the value is computed or has more elements. */
export function constantNumber(value: Value): number | undefined {
  const numbers = numbersOf(value.facts);
  return numbers?.length === 1 ? numbers[0] : undefined;
}
