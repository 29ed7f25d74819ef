import { createNoise } from "@xdeep/core/method";
import { type ModelProto, nodeProto } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { floats, total, twoRunModel, twoRuns } from "./two-runs.ts";

function product(attributes: Readonly<Record<string, number>> = {}, dims: readonly (number | null)[] = [2, 3, 2], axes?: readonly number[]): ModelProto {
  return twoRunModel([nodeProto("ReduceProd", axes === undefined ? ["x"] : ["x", "axes"], ["y"], attributes)], { x: dims }, axes && { axes });
}

/** The contributions to the product of all entries of a list. */
function shares(x: readonly number[], reference: readonly number[]): readonly number[] {
  const dims = [x.length];
  return twoRuns(product({ keepdims: 0 }, dims), { x: floats(dims, x) }, { x: floats(dims, reference) }).relevance["x"]!;
}

/** The Shapley value of each factor, by its definition: the change it makes, over all orders in which factors come in. */
function shapley(x: readonly number[], reference: readonly number[]): readonly number[] {
  const product = (inside: ReadonlySet<number>): number => x.reduce((value, own, i) => value * (inside.has(i) ? own : reference[i]!), 1);
  const orders = permutations(x.map((_, i) => i));
  const sums = x.map(() => 0);
  for (const order of orders)
    order.forEach((player, place) => (sums[player]! += product(new Set(order.slice(0, place + 1))) - product(new Set(order.slice(0, place)))));
  return sums.map((sum) => sum / orders.length);
}

function permutations(list: readonly number[]): readonly (readonly number[])[] {
  return list.length < 2 ? [list] : list.flatMap((first) => permutations(list.filter((other) => other !== first)).map((rest) => [first, ...rest]));
}

function expectNear(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  const scale = Math.max(...expected.map(Math.abs), 1e-30);
  expected.forEach((value, i) => expect(Math.abs(found[i]! - value) / scale, `${found.join()} against ${expected.join()}`).toBeLessThan(1e-6));
}

const random = createNoise(5).next(36);
const withZeros = (values: readonly number[], ...at: readonly number[]): readonly number[] => values.map((value, i) => (at.includes(i) ? 0 : value));
const [own, other] = [[...random.subarray(0, 12)], [...random.subarray(12, 24)]];

describe("DeepLIFT of products of many entries", () => {
  it.each([
    ["of all entries", {}, undefined],
    ["to a scalar", { keepdims: 0 }, undefined],
    ["over an axis", {}, [1]],
    ["over an axis that is dropped", { keepdims: 0 }, [-2]],
    ["over two axes", { keepdims: 0 }, [2, 0]],
    ["of nothing", { noop_with_empty_axes: 1 }, []],
  ] as const)("%s: contributions add up, zeros or none", (_, attributes, axes) => {
    const model = product(attributes, [2, 3, 2], axes);
    for (const [x, reference] of [
      [own, other],
      [own, own.map(() => 0)],
      [withZeros(own, 1), other],
      [withZeros(own, 0, 2, 4), withZeros(other, 2, 3)],
      [own, own.map((value) => -value)],
    ] as const) {
      const cotangent = own.slice(0, { "0": 12, "1": 4, "-2": 4, "2,0": 3 }[axes?.length === 0 ? "0" : String(axes)] ?? 1);
      const runs = twoRuns(model, { x: floats([2, 3, 2], x) }, { x: floats([2, 3, 2], reference) }, cotangent);
      const size = runs.relevance["x"]!.reduce((sum, value) => sum + Math.abs(value), Math.abs(runs.change)) || 1;
      expect(Math.abs(total(runs) - runs.change) / size).toBeLessThan(1e-6);
    }
  });

  it("are Shapley values, with zeros too", () => {
    const [x, reference] = [own.slice(0, 5), other.slice(0, 5)];
    expectNear(shares(x, reference), shapley(x, reference));
    expectNear(shares(withZeros(x, 2), withZeros(reference, 0)), shapley(withZeros(x, 2), withZeros(reference, 0)));
  });

  it("do not depend on the order of entries", () => {
    const order = [3, 0, 5, 2, 4, 1];
    const [x, reference] = [own.slice(0, 6), other.slice(0, 6)];
    const moved = shares(
      order.map((i) => x[i]!),
      order.map((i) => reference[i]!),
    );
    const found = shares(x, reference);
    expectNear(
      moved,
      order.map((i) => found[i]!),
    );
  });

  it("are those of Mul where there are two factors, and the mean of the three ways to multiply three in pairs", () => {
    const feeds = { a: floats([2], [2, -1]), b: floats([2], [3, 0]), c: floats([2], [-1.5, 4]) };
    const reference = { a: floats([2], [1, 1]), b: floats([2], [0, 0.5]), c: floats([2], [2, 0]) };
    const inputs = { a: [2], b: [2], c: [2] };
    const pairs = (first: string, second: string, last: string): readonly number[] =>
      Object.values(
        twoRuns(twoRunModel([nodeProto("Mul", [first, second], ["p"]), nodeProto("Mul", ["p", last], ["y"])], inputs), feeds, reference, undefined, [
          "a",
          "b",
          "c",
        ]).relevance,
      ).flat();
    const ways = [pairs("a", "b", "c"), pairs("b", "c", "a"), pairs("a", "c", "b")];
    const mean = ways[0]!.map((_, i) => ways.reduce((sum, way) => sum + way[i]! / 3, 0));
    const einsum = twoRunModel([nodeProto("Einsum", ["a", "b", "c"], ["y"], { equation: "i,i,i->i" })], inputs);
    expectNear(Object.values(twoRuns(einsum, feeds, reference).relevance).flat(), mean);
    const stacked = twoRunModel(
      [nodeProto("Concat", ["a", "b", "c"], ["s"], { axis: 0 }), nodeProto("Reshape", ["s", "shape"], ["t"]), nodeProto("ReduceProd", ["t", "axis"], ["y"])],
      inputs,
      { shape: [3, 2], axis: [0] },
    );
    expectNear(Object.values(twoRuns(stacked, feeds, reference).relevance).flat(), mean);

    const two = { a: feeds.a, b: feeds.b };
    const mul = twoRuns(twoRunModel([nodeProto("Mul", ["a", "b"], ["y"])], { a: [2], b: [2] }), two, { a: reference.a, b: reference.b });
    const columns = floats([2, 2], [2, 3, -1, 0]);
    const reduced = twoRuns(product({ keepdims: 0 }, [2, 2], [1]), { x: columns }, { x: floats([2, 2], [1, 0, 1, 0.5]) }).relevance["x"]!;
    expectNear([reduced[0]!, reduced[2]!, reduced[1]!, reduced[3]!], Object.values(mul.relevance).flat());
  });

  it("of four factors in an Einsum of matrices add up", () => {
    const inputs = { a: [2, 3], b: [3, 2], c: [2, 2], d: [2] };
    const fed = (from: number): Record<string, ReturnType<typeof floats>> =>
      Object.fromEntries(
        Object.entries(inputs).map(([name, dims], i) => [name, floats(dims, random.subarray(from + 3 * i, from + 3 * i + dims.reduce((a, b) => a * b)))]),
      );
    const model = twoRunModel([nodeProto("Einsum", ["a", "b", "c", "d"], ["y"], { equation: "ij,jk,kl,l->il" })], inputs);
    const runs = twoRuns(model, fed(0), fed(12), [1, -2, 3, 0.5]);
    expect(Math.abs(total(runs) - runs.change)).toBeLessThan(
      1e-6 *
        Object.values(runs.relevance)
          .flat()
          .reduce((sum, value) => sum + Math.abs(value), 0),
    );
  });

  it("are zero where both runs are the same", () => {
    expect(shares([2, 0, 3], [2, 0, 3])).toEqual([0, 0, 0]);
  });

  it.each([
    ["an unknown number of entries", product({}, [null, 3]), /only at run time/],
    ["more entries than it takes apart", product({}, [257]), /257 entries[^]*at most 256/],
  ])("refuses %s", (_, model, message) => {
    expect(() => twoRuns(model, {}, {}, undefined, ["x"])).toThrow(message);
  });
});
