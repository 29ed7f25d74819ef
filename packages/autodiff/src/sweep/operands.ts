import type { Value } from "@xdeep/onnx";
import type { PullbackContext } from "./rule.ts";

/** What a pullback returns where one operand alone takes a cotangent. */
export function toOperand({ inputCount }: Pick<PullbackContext, "inputCount">, operand: number, cotangent: Value): readonly (Value | null)[] {
  return Array.from({ length: inputCount }, (_, i) => (i === operand ? cotangent : null));
}

/** The operands whose cotangents are wanted. */
export function wantedOperands({ inputCount, wants }: Pick<PullbackContext, "inputCount" | "wants">): readonly number[] {
  return Array.from({ length: inputCount }, (_, i) => i).filter((i) => wants(i));
}

/** Whether an operand is another value in the reference run. */
export function isOther({ input, twin }: Pick<PullbackContext, "input" | "twin">, operand: number): boolean {
  return twin(input(operand)).name !== input(operand).name;
}
