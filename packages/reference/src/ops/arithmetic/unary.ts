import { erf } from "../../math/error-function.ts";
import { mapElements } from "../../math/elementwise.ts";
import type { Operator, OperatorTable } from "../../operator-call.ts";
import { roundHalfEven } from "../../math/round-half-even.ts";

function unary(f: (x: number) => number): Operator {
  return (call) => [mapElements(call.input(0), f)];
}

function test(f: (x: number) => boolean): Operator {
  return (call) => [mapElements(call.input(0), (x) => Number(f(x)), "bool")];
}

/** y = f(x) without attributes. */
export const unaryOperators: OperatorTable = {
  Abs: unary(Math.abs),
  Acos: unary(Math.acos),
  Acosh: unary(Math.acosh),
  Asin: unary(Math.asin),
  Asinh: unary(Math.asinh),
  Atan: unary(Math.atan),
  Atanh: unary(Math.atanh),
  BitwiseNot: unary((x) => -x - 1),
  Ceil: unary(Math.ceil),
  Cos: unary(Math.cos),
  Cosh: unary(Math.cosh),
  Erf: unary(erf),
  Exp: unary(Math.exp),
  Floor: unary(Math.floor),
  Identity: unary((x) => x),
  IsNaN: test(Number.isNaN),
  Log: unary(Math.log),
  Neg: unary((x) => -x),
  Not: test((x) => x === 0),
  Reciprocal: unary((x) => 1 / x),
  Round: unary(roundHalfEven),
  Sign: unary(Math.sign),
  Sin: unary(Math.sin),
  Sinh: unary(Math.sinh),
  Sqrt: unary(Math.sqrt),
  Tan: unary(Math.tan),
  Tanh: unary(Math.tanh),
};
