import type { Activation } from "@xdeep/core";
import { util } from "@tensorflow/tfjs-core";

import { type KernelTrace, LEADING_TO_MAXIMUM, type TracedCall, type TracedValue } from "./kernel-trace.ts";

/** The activation that makes a value. */
export interface FinalActivation {
  readonly activation: Activation;
  /** Id of a value that was kept. Times `factor` it is what the activation is applied to. */
  readonly argument: number;
  readonly factor: number;
  /** Kernels between the activation and the value, in order. They keep every entry, and move them at most. */
  readonly layout: readonly TracedCall[];
}

type Found = Omit<FinalActivation, "layout">;

const OPERATORS: Readonly<Record<string, Activation>> = { LogSoftmax: "log-softmax", Sigmoid: "sigmoid", Softmax: "softmax", logSoftmax: "log-softmax" };

/** Kernels that keep every entry, to other places perhaps. */
const KEEPING: ReadonlySet<string> = new Set(["Cast", "ExpandDims", "Identity", "Reshape", "Transpose"]);

/** Finds the softmax, log-softmax or sigmoid that makes a value, one kernel or written in small ones; null where it has none. */
export function finalActivation(trace: KernelTrace, id: number): FinalActivation | null {
  const layout: TracedCall[] = [];
  for (let call = trace.makerOf(id); call !== undefined; call = trace.makerOf(onlyInput(call).id)) {
    const found = activationAt(new Reader(trace), call);
    if (found !== null) return { ...found, layout };
    if (!KEEPING.has(call.kernel)) return null;
    layout.unshift(call);
  }
  return null;
}

function activationAt(read: Reader, call: TracedCall): Found | null {
  const operator = OPERATORS[call.kernel];
  if (operator !== undefined) {
    const argument = onlyInput(call);
    return { activation: operator, ...(operator === "sigmoid" ? plain(argument) : read.unshifted(argument)) };
  }
  const logits = softmaxOf(read, call);
  if (logits !== null) return { activation: "softmax", ...logits };
  const logarithms = logSoftmaxOf(read, call);
  if (logarithms !== null) return { activation: "log-softmax", ...logarithms };
  const logit = sigmoidOf(read, call);
  return logit === null ? null : { activation: "sigmoid", ...logit };
}

type Argument = Pick<Found, "argument" | "factor">;

function plain({ id }: TracedValue, factor = 1): Argument {
  return { argument: id, factor };
}

/** eᶻ / Σ eᶻ, the sum over any axes. */
function softmaxOf(read: Reader, call: TracedCall): Argument | null {
  const [numerator, divisor] = read.quotient(call) ?? [];
  const z = numerator && read.exponent(numerator);
  if (z === undefined || divisor === undefined) return null;
  const summed = read.sumAlong(divisor, z.shape, divisor);
  return summed !== undefined && read.isSame(read.exponent(summed), z) ? read.unshifted(z) : null;
}

/** log of a softmax; z − log Σ eᶻ; and x − (max x + log Σ e^(x − max x)), as logSumExp writes it. */
function logSoftmaxOf(read: Reader, call: TracedCall): Argument | null {
  if (call.kernel === "Log") {
    const inner = read.maker(onlyInput(call));
    if (inner?.kernel === "Softmax") return read.unshifted(onlyInput(inner));
    return inner === undefined ? null : softmaxOf(read, inner);
  }
  if (call.kernel !== "Sub") return null;
  const { a, b } = call.inputs as { readonly a: TracedValue; readonly b: TracedValue };
  const direct = read.logSumExp(b, a.shape, b);
  if (direct !== undefined) return read.isSame(direct, a) ? read.unshifted(direct) : null;
  const sum = read.behindArrangement(b);
  if (sum?.kernel !== "Add") return null;
  for (const part of Object.values(sum.inputs)) {
    const z = read.logSumExp(part, a.shape, b);
    const shift = z === undefined ? undefined : read.maker(z);
    if (shift?.kernel === "Sub" && read.isSame(shift.inputs["a"], a) && read.isMaximumOf(shift.inputs["b"]!, a)) return plain(shift.inputs["a"]!);
  }
  return null;
}

/** 1 / (1 + e⁻ˣ), eˣ / (1 + eˣ), and (1 + tanh(x / 2)) / 2 with the half in either place. */
function sigmoidOf(read: Reader, call: TracedCall): Argument | null {
  const [numerator, divisor] = read.quotient(call) ?? [];
  if (divisor !== undefined) {
    const exponential = read.besides(divisor, "Add", 1);
    const u = exponential && read.exponent(exponential);
    if (u === undefined) return null;
    if (read.constant(numerator!) === 1) return plain(u, -1);
    return read.isSame(read.exponent(numerator!), u) ? plain(u) : null;
  }
  const [half, tangent] = [read.besidesIn(call, "Add", 0.5), read.besidesIn(call, "Multiply", 0.5)];
  const inner = half === undefined ? tangent && read.besides(tangent, "Add", 1) : read.besides(half, "Multiply", 0.5);
  const tanh = inner && read.maker(inner);
  return tanh?.kernel === "Tanh" ? plain(onlyInput(tanh), 2) : null;
}

/** Reads a trace as formulas. */
class Reader {
  readonly #trace: KernelTrace;

  constructor(trace: KernelTrace) {
    this.#trace = trace;
  }

  /** The value itself, before copies of it. */
  source(value: TracedValue): TracedValue {
    const call = this.#trace.makerOf(value.id);
    return call !== undefined && (call.kernel === "Identity" || call.kernel === "Cast") ? this.source(onlyInput(call)) : value;
  }

  isSame(a: TracedValue | undefined, b: TracedValue): boolean {
    return a !== undefined && this.source(a).id === this.source(b).id;
  }

  maker(value: TracedValue): TracedCall | undefined {
    return this.#trace.makerOf(this.source(value).id);
  }

  constant(value: TracedValue): number | undefined {
    return this.#trace.constantOf(this.source(value));
  }

  /** z of eᶻ. */
  exponent(value: TracedValue): TracedValue | undefined {
    const call = this.maker(value);
    return call?.kernel === "Exp" ? onlyInput(call) : undefined;
  }

  /** Numerator and divisor of a / b or a · (1 / b); a numerator of 1 where there is but a reciprocal. */
  quotient(call: TracedCall): readonly [TracedValue, TracedValue] | undefined {
    if (call.kernel === "RealDiv") return [call.inputs["a"]!, call.inputs["b"]!];
    if (call.kernel === "Reciprocal") return [{ ...call.outputs[0]!, id: -1, constant: 1 }, onlyInput(call)];
    if (call.kernel !== "Multiply") return undefined;
    const [a, b] = [call.inputs["a"]!, call.inputs["b"]!];
    for (const [whole, part] of [
      [a, b],
      [b, a],
    ] as const) {
      const inverse = this.behindArrangement(part);
      if (inverse?.kernel === "Reciprocal") return [whole, onlyInput(inverse)];
    }
    return undefined;
  }

  /** The other operand of a sum or product of a constant. */
  besidesIn(call: TracedCall | undefined, kernel: string, constant: number): TracedValue | undefined {
    if (call?.kernel !== kernel) return undefined;
    const [a, b] = [call.inputs["a"]!, call.inputs["b"]!];
    if (this.constant(a) === constant) return b;
    return this.constant(b) === constant ? a : undefined;
  }

  besides(value: TracedValue, kernel: string, constant: number): TracedValue | undefined {
    return this.besidesIn(this.maker(value), kernel, constant);
  }

  /** What is summed in a sum; undefined where `spread`, which is made of it, does not go along the axes of `shape` as it was summed. */
  sumAlong(value: TracedValue, shape: readonly number[], spread: TracedValue): TracedValue | undefined {
    const call = this.behindArrangement(value);
    if (call?.kernel !== "Sum") return undefined;
    const summed = onlyInput(call);
    return util.arraysEqual([...summed.shape], [...shape]) && this.#isKept(spread, reducedShape(call)) ? summed : undefined;
  }

  /** z of log Σ eᶻ. */
  logSumExp(value: TracedValue, shape: readonly number[], spread: TracedValue): TracedValue | undefined {
    const call = this.behindArrangement(value);
    const summed = call?.kernel === "Log" ? this.sumAlong(onlyInput(call), shape, spread) : undefined;
    return summed && this.exponent(summed);
  }

  /** Softmax is mostly computed of x − max x, and x is what is meant: entries of the difference say nothing of the largest. */
  unshifted(value: TracedValue): Argument {
    const call = this.maker(value);
    return call?.kernel === "Sub" && this.isMaximumOf(call.inputs["b"]!, call.inputs["a"]!) ? plain(call.inputs["a"]!) : plain(value);
  }

  isMaximumOf(value: TracedValue, of: TracedValue): boolean {
    const call = this.behindArrangement(value);
    return call?.kernel === "Max" && this.isSame(onlyInput(call), of) && this.#isKept(value, reducedShape(call));
  }

  /** The call that makes a value, before kernels that bring reduced axes back or repeat along them. */
  behindArrangement(value: TracedValue): TracedCall | undefined {
    let call = this.#trace.makerOf(value.id);
    while (call !== undefined && call.kernel !== "Max" && LEADING_TO_MAXIMUM.has(call.kernel)) call = this.#trace.makerOf(onlyInput(call).id);
    return call;
  }

  /** Whether a value has the axes of what was reduced, the reduced ones of size 1 or filled by repetition. */
  #isKept(value: TracedValue, kept: readonly number[]): boolean {
    const call = this.#trace.makerOf(value.id);
    if (call?.kernel === "Tile") return this.#isKept(onlyInput(call), kept);
    const trimmed = (shape: readonly number[]): string => shape.slice(shape.findIndex((size) => size !== 1)).join();
    return trimmed(value.shape) === trimmed(kept) || kept.every((size) => size === 1);
  }
}

/** The shape of a reduction's result with its reduced axes kept. */
function reducedShape({ inputs, attrs }: TracedCall): readonly number[] {
  const { shape } = Object.values(inputs)[0]!;
  const axes = util.parseAxisParam((attrs["reductionIndices"] ?? attrs["axis"] ?? null) as number[], [...shape]);
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
}

function onlyInput({ inputs }: TracedCall): TracedValue {
  return Object.values(inputs)[0]!;
}
