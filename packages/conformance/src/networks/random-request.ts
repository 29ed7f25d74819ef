import { sizeOf } from "@xdeep/core";
import type { DataType, ForwardRequest, Model, Tensor, ValueInfo, VjpRequest } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { arrayNameOf } from "@xdeep/core/backend";

/** A request as callers may send it, right or wrong. */
export interface RandomRequest {
  readonly call: "forward" | "vjp";
  readonly request: ForwardRequest & VjpRequest;
  /** Some field has a JavaScript type that the contract's TypeScript would not take, so that a TypeError is in order. */
  readonly mistyped: boolean;
}

/** A value that a field may take. */
interface Choice {
  readonly value: unknown;
  readonly mistyped?: true;
}

/**
 * A request of a seed to this model: most fields as they should be, some at their limits, a few wrong in size, name, type or kind. The same for
 * the same seed and model.
 *
 * @param inner names of inner values that may be asked for and fed
 */
export function randomRequest({ inputs, outputs, capabilities }: Model, seed: number, inner: readonly string[] = []): RandomRequest {
  const dice = new Dice(seed);
  const rows = dice.pick([1, 1, 2, 3, 5]);
  const names = [...inputs, ...outputs].map(({ name }) => name);
  const anyName = (): Choice => (dice.oneIn(10) ? valid(dice.pick(["nonsense", ""])) : dice.choose([() => valid(dice.pick([...names, ...inner]))], BAD_NAMES));
  const anyNames = (): Choice => {
    const list = Array.from({ length: dice.below(3) }, anyName);
    return dice.oneIn(12)
      ? wrong(dice.pick(["scores", 3, {}]))
      : { value: list.map(({ value }) => value), ...(list.some(isMistyped) ? { mistyped: true } : {}) };
  };
  const axes = outputs[0]!.dims.slice(1).map((dim) => dim ?? 2);
  const call = dice.pick(["forward", "vjp", "vjp"] as const);
  const feeds = feedsOf(dice, inputs, rows);
  const withCotangent = call === "vjp" && dice.oneIn(4);
  const optional = (odds: number, make: () => Choice): Choice => (dice.oneIn(odds) ? make() : valid(undefined));
  const fields: Readonly<Record<string, Choice>> = {
    feeds,
    target: withCotangent ? optional(8, () => randomTarget(dice, rows, axes)) : optional(1.2, () => randomTarget(dice, rows, axes)),
    output: optional(8, anyName),
    outputs: optional(6, anyNames),
    score: optional(3, () => dice.choose([() => valid("logit"), () => valid("probability"), () => valid("probability")], ["nonsense", null, 1])),
    ...(call === "forward"
      ? {}
      : {
          wrt: optional(6, anyNames),
          rule: optional(3, () =>
            dice.choose([() => valid(dice.pick([...capabilities.rules, "guided", "nonsense", { name: "standard" }]))], [{}, null, 1, "toString"]),
          ),
          rectifiers: optional(6, () => dice.choose([() => valid([]), () => valid(["Relu"]), () => valid(["nonsense"])], [null, "Relu", [3]])),
          weights: optional(withCotangent ? 10 : 3, () => randomWeights(dice, rows)),
          ...(withCotangent ? { cotangent: randomCotangent(dice, dice.pick(outputs), rows) } : {}),
        }),
  };
  const request = Object.fromEntries(Object.entries(fields).map(([name, { value }]) => [name, value]));
  return { call, request: request as unknown as RandomRequest["request"], mistyped: Object.values(fields).some(isMistyped) };
}

const BAD_NAMES: readonly unknown[] = [null, 3, {}];

function feedsOf(dice: Dice, inputs: readonly ValueInfo[], rows: number): Choice {
  if (dice.oneIn(60)) return wrong(dice.pick([null, undefined, "x", 3]));
  const feeds = inputs.map((info) => [info.name, dice.oneIn(8 * inputs.length) ? wrongFeed(dice, info, rows) : valid(rightFeed(dice, info, rows))] as const);
  const given = feeds.filter(() => !dice.oneIn(40));
  const extra = dice.oneIn(40) ? [["nonsense", valid(tensorOf("float32", [1], dice))] as const] : [];
  const all = [...given, ...extra];
  return {
    value: Object.fromEntries(all.map(([name, { value }]) => [name, value])),
    ...(all.some(([, choice]) => isMistyped(choice)) ? { mistyped: true } : {}),
  };
}

function rightFeed(dice: Dice, { type, dims, batched = true }: ValueInfo, rows: number): Tensor {
  const shape = dims.map((dim, axis) => dim ?? (axis === 0 && batched ? rows : 2));
  return tensorOf(type, shape, dice);
}

function wrongFeed(dice: Dice, info: ValueInfo, rows: number): Choice {
  const right = rightFeed(dice, info, rows);
  const resized = (dims: readonly number[]): Choice => valid(tensorOf(info.type, dims, dice));
  return dice.choose(
    [
      () => resized([]),
      () => resized([0, ...right.dims.slice(1)]),
      () => resized([...right.dims, 1]),
      () => resized(right.dims.slice(1)),
      () => resized(right.dims.map((dim) => dim + 1)),
      () => resized([rows + 1, ...right.dims.slice(1)]),
      () => valid({ ...right, dims: right.dims.map((dim) => -dim) }),
      () => valid({ ...right, dims: right.dims.map((dim) => dim + 0.5) }),
      () => valid({ ...right, data: (right.data as Float32Array).subarray(1) }),
      () => valid(tensorOf(info.type === "float64" ? "float32" : "float64", right.dims, dice)),
      () => valid(tensorOf(info.type === "int32" ? "int64" : "int32", right.dims, dice)),
      () => valid({ ...right, data: (right.data as Float32Array).map(() => Number.NaN) }),
    ],
    [null, 3, "x", {}, { ...right, dims: 3 }, { ...right, data: null }, { ...right, data: [...(right.data as Float32Array)] }, { ...right, type: "complex" }],
  );
}

function randomTarget(dice: Dice, rows: number, axes: readonly number[]): Choice {
  if (!dice.oneIn(4)) return oneTarget(dice, axes);
  const list = Array.from({ length: dice.oneIn(8) ? rows + 1 : rows }, () => oneTarget(dice, axes));
  return { value: list.map(({ value }) => value), ...(list.some(isMistyped) ? { mistyped: true } : {}) };
}

/** A target of rows [axes], most of the time one that names entries of them. */
function oneTarget(dice: Dice, axes: readonly number[]): Choice {
  const at = (size: number): number => (dice.oneIn(20) ? dice.pick([-1, size, 0.5]) : dice.below(size));
  const own = dice.oneIn(20) ? [...axes, 2] : axes;
  const entry = (): number | readonly number[] => (axes.length === 1 && dice.oneIn(2) ? at(axes[0]!) : own.map(at));
  const term = (): unknown => ({ index: entry(), weight: dice.oneIn(20) ? Number.NaN : dice.pick([1, -0.5, 0]) });
  return dice.choose(
    [
      () => valid(null),
      () => valid(axes.length === 1 || dice.oneIn(5) ? at(axes[0] ?? 1) : { index: own.map(at) }),
      () => valid({ index: own.map(at) }),
      () => valid({ terms: Array.from({ length: dice.pick([1, 2, 3, 2, 1, 0]) }, term) }),
      () => valid({ max: own.map((size) => (dice.oneIn(2) ? null : at(size))) }),
    ],
    ["dog", {}, { index: null }, { index: 3 }, { terms: null }, { terms: [null] }, { terms: [{}] }, { max: null }, { max: ["x"] }, true],
  );
}

function randomWeights(dice: Dice, rows: number): Choice {
  const numbers = (length: number): Float32Array => Float32Array.from(createNoise(dice.below(1000)).next(length));
  return dice.choose(
    [() => valid(numbers(dice.oneIn(10) ? rows + 1 : rows)), () => valid(dice.oneIn(10) ? numbers(rows).fill(Infinity) : numbers(rows))],
    [null, 1, "x", [1]],
  );
}

function randomCotangent(dice: Dice, info: ValueInfo, rows: number): Choice {
  return dice.oneIn(5) ? wrongFeed(dice, info, rows) : valid(rightFeed(dice, info, rows));
}

/** Small integers, so that they are indices as well as numbers. */
function tensorOf(type: DataType, dims: readonly number[], dice: Dice): Tensor {
  const length = sizeOf(dims);
  const make = (globalThis as unknown as Record<string, { from(source: { length: number }, map: () => number | bigint): unknown }>)[arrayNameOf(type)!]!;
  const data = make.from({ length }, () => (type.endsWith("64") && type !== "float64" ? BigInt(dice.below(3)) : dice.below(3)));
  return { type, dims, data } as unknown as Tensor;
}

function valid(value: unknown): Choice {
  return { value };
}

function wrong(value: unknown): Choice {
  return { value, mistyped: true };
}

function isMistyped({ mistyped }: Choice): boolean {
  return mistyped === true;
}

/** Numbers of a seed: mulberry32. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  oneIn(odds: number): boolean {
    return this.below(1000) < 1000 / odds;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  /** One of the values that TypeScript takes, and seldom one that it does not. */
  choose(makers: readonly (() => Choice)[], mistyped: readonly unknown[]): Choice {
    return this.oneIn(15) ? wrong(this.pick(mistyped)) : this.pick(makers)();
  }
}
