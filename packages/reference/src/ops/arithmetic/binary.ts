import { isFloatType } from "@xdeep/onnx";
import { mapPairs } from "../../math/elementwise.ts";
import type { Operator, OperatorCall, OperatorTable } from "../../operator-call.ts";
import type { Value64 } from "../../arrays/value64.ts";

function binary(f: (a: number, b: number) => number): Operator {
  return (call) => [mapPairs(call.input(0), call.input(1), f)];
}

function comparison(f: (a: number, b: number) => boolean): Operator {
  return (call) => [mapPairs(call.input(0), call.input(1), (a, b) => Number(f(a, b)), "bool")];
}

/** The remainder with the sign of the divisor, or with that of the dividend where `fmod` is set. */
function mod(call: OperatorCall): readonly Value64[] {
  const f = call.flag("fmod") ? (a: number, b: number) => a % b : (a: number, b: number) => a - b * Math.floor(a / b);
  return [mapPairs(call.input(0), call.input(1), f)];
}

/** Integers are divided towards zero. */
function div(call: OperatorCall): readonly Value64[] {
  const whole = !isFloatType(call.input(0).type);
  return [mapPairs(call.input(0), call.input(1), whole ? (a, b) => Math.trunc(a / b) : (a, b) => a / b)];
}

function bitShift(call: OperatorCall): readonly Value64[] {
  const left = call.attributes.string("direction") === "LEFT";
  return [mapPairs(call.input(0), call.input(1), (a, b) => (left ? a * 2 ** b : Math.floor(a / 2 ** b)))];
}

/** Bit by bit on numbers of any size, as JavaScript's own operators stop at 32 bits. */
function bitwise(f: (a: bigint, b: bigint) => bigint): Operator {
  return binary((a, b) => Number(f(BigInt(a), BigInt(b))));
}

/** y = f(a, b) with broadcasting. */
export const binaryOperators: OperatorTable = {
  Add: binary((a, b) => a + b),
  And: comparison((a, b) => a !== 0 && b !== 0),
  BitShift: bitShift,
  BitwiseAnd: bitwise((a, b) => a & b),
  BitwiseOr: bitwise((a, b) => a | b),
  BitwiseXor: bitwise((a, b) => a ^ b),
  Div: div,
  Equal: comparison((a, b) => a === b),
  Greater: comparison((a, b) => a > b),
  GreaterOrEqual: comparison((a, b) => a >= b),
  Less: comparison((a, b) => a < b),
  LessOrEqual: comparison((a, b) => a <= b),
  Mod: mod,
  Mul: binary((a, b) => a * b),
  Or: comparison((a, b) => a !== 0 || b !== 0),
  Pow: binary((a, b) => a ** b),
  Sub: binary((a, b) => a - b),
  Xor: comparison((a, b) => (a !== 0) !== (b !== 0)),
};
