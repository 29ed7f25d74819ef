import type { DataType } from "@xdeep/core";
import type { Dim } from "../../graphs/facts.ts";
import { broadcastDims, broadcastElements } from "../broadcast.ts";
import { addDims, divideDimsExactly, floorDivideDim, isNeverNegative, multiplyDims, subtractDims } from "../dim-arithmetic.ts";
import { type KnownElements, elementOfType, factsWithElements, isSmall } from "../elements.ts";
import { type InferenceRule, type InferenceRules, type NodeView, tensor } from "../rule.ts";

type Combine = (values: readonly Dim[], type: DataType | null) => Dim;

/** Operators that broadcast their inputs together. Small operands are computed, symbols included. */
export const elementwiseRules: InferenceRules = {
  Add: arithmetic(
    ([a, b]) => addDims(known(a), known(b)),
    (a, b) => a + b,
  ),
  Sub: arithmetic(
    ([a, b]) => subtractDims(known(a), known(b)),
    (a, b) => a - b,
  ),
  Mul: arithmetic(
    ([a, b]) => multiplyDims(known(a), known(b)),
    (a, b) => a * b,
  ),
  Div: arithmetic(divide, divideNumbers),
  Mod: (node) => [broadcast(node, node.type(0), combineNumbers(node.attributes.int("fmod", 0) === 1 ? truncatedModulo : flooredModulo))],
  Pow: (node) => [broadcast(node, node.type(0), power)],
  Min: arithmetic(same, (a, b) => Math.min(a, b)),
  Max: arithmetic(same, (a, b) => Math.max(a, b)),
  Sum: arithmetic(
    () => null,
    (a, b) => a + b,
  ),
  Mean: (node) => [broadcast(node, firstType(node), null)],
  Equal: comparison((a, b) => a === b, true),
  Greater: comparison((a, b) => a > b),
  GreaterOrEqual: comparison((a, b) => a >= b, true),
  Less: comparison((a, b) => a < b),
  LessOrEqual: comparison((a, b) => a <= b, true),
  And: comparison((a, b) => a !== 0 && b !== 0),
  Or: comparison((a, b) => a !== 0 || b !== 0),
  Xor: comparison((a, b) => (a !== 0) !== (b !== 0)),
  Where: (node) => [
    broadcast(node, node.type(1) ?? node.type(2), ([condition, yes, no]) => (condition === null ? same([yes, no]) : known(condition === 0 ? no : yes))),
  ],
  BitShift: (node) => [broadcast(node, firstType(node), null)],
  BitwiseAnd: (node) => [broadcast(node, firstType(node), null)],
  BitwiseOr: (node) => [broadcast(node, firstType(node), null)],
  BitwiseXor: (node) => [broadcast(node, firstType(node), null)],
  PRelu: (node) => [tensor(node.type(0) ?? node.type(1), node.dims(0))],
};

/** Dims and elements of all inputs broadcast together. */
export function broadcast(node: NodeView, type: DataType | null, combine: Combine | null): ReturnType<typeof factsWithElements> {
  const dims = broadcastDims(node.inputs.map((facts) => facts?.dims ?? null));
  if (dims === "contradiction") throw node.invalid("its inputs do not broadcast together");
  const operands = node.inputs.map((_, index) => node.elements(index));
  if (combine === null || !isSmall(dims) || operands.includes(null)) return tensor(type, dims);
  return factsWithElements(
    type,
    dims,
    broadcastElements(dims, operands as KnownElements[], (values) => elementOfType(type, combine(values, type))),
  );
}

/** The type that all inputs share, from the first whose type is known. */
export function firstType(node: NodeView): DataType | null {
  return node.inputs.find((facts) => facts?.type)?.type ?? null;
}

function arithmetic(ofSymbols: Combine, ofNumbers: (a: number, b: number, type: DataType | null) => number): InferenceRule {
  return (node) => {
    const numeric = combineNumbers(ofNumbers);
    const combine: Combine = (values, type) => numeric(values, type) ?? (values.includes(null) ? null : values.length === 2 ? ofSymbols(values, type) : null);
    return [broadcast(node, firstType(node), combine)];
  };
}

function combineNumbers(operation: (a: number, b: number, type: DataType | null) => number): Combine {
  return (values, type) =>
    values.every((value) => typeof value === "number") ? (values as readonly number[]).reduce((a, b) => rounded(type, operation(a, b, type))) : null;
}

function rounded(type: DataType | null, value: number): number {
  return type === "float32" ? Math.fround(value) : value;
}

/** Integer division truncates; sizes are not negative, so that it is a floor. */
function divide([a, b]: readonly Dim[], type: DataType | null): Dim {
  const exact = divideDimsExactly(known(a), known(b));
  if (exact !== null || type === null || type.startsWith("float") || typeof b !== "number") return exact;
  return isNeverNegative(known(a)) ? floorDivideDim(known(a), b) : null;
}

function divideNumbers(a: number, b: number, type: DataType | null): number {
  return type?.includes("int") === true ? Math.trunc(a / b) : a / b;
}

/** Only whole powers: the last digits of others depend on the engine. */
function power([a, b]: readonly Dim[]): Dim {
  return Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger((a as number) ** (b as number)) ? (a as number) ** (b as number) : null;
}

function flooredModulo(a: number, b: number): number {
  return a - Math.floor(a / b) * b;
}

function truncatedModulo(a: number, b: number): number {
  return a % b;
}

function comparison(compare: (a: number, b: number) => boolean, ofEqualSymbols?: boolean): InferenceRule {
  const combine: Combine = ([a, b]) => {
    if (typeof a === "number" && typeof b === "number") return compare(a, b) ? 1 : 0;
    return ofEqualSymbols !== undefined && typeof a === "string" && a === b ? Number(ofEqualSymbols) : atRunTime(known(a), known(b), compare);
  };
  return (node) => [broadcast(node, "bool", combine)];
}

/** A size is never negative: `size == -1`, as exporters of Expand ask, is false without running. */
function atRunTime(a: Dim, b: Dim, compare: (a: number, b: number) => boolean): Dim {
  const isEquality = !compare(0, 1) && !compare(1, 0) && compare(0, 0);
  if (!isEquality) return null;
  const [size, number] = typeof a === "number" ? [b, a] : [a, b];
  return typeof number === "number" && number < 0 && isNeverNegative(size) ? 0 : null;
}

function same([a, b]: readonly (Dim | undefined)[]): Dim {
  return a !== undefined && a === b ? a : null;
}

function known(dim: Dim | undefined): Dim {
  return dim ?? null;
}
