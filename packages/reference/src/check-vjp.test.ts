import { describe, expect, it } from "vitest";
import { type VjpCheck, checkVjp } from "./check-vjp.ts";
import { mapElements, mapPairs } from "./math/elementwise.ts";
import { randomValue } from "./math/random-value.ts";
import { type Value64, value64 } from "./arrays/value64.ts";

const product: VjpCheck = {
  name: "Mul",
  inputs: [randomValue(1, [2, 3]), randomValue(2, [2, 3])],
  forward: ([a, b]) => [mapPairs(a!, b!, (x, y) => x * y)],
  vjp: ([a, b], [dy]) => [mapPairs(dy!, b!, (g, y) => g * y), mapPairs(dy!, a!, (g, x) => g * x)],
};

describe("checkVjp", () => {
  it("accepts the right product", () => {
    expect(() => checkVjp(product)).not.toThrow();
  });

  it("names input and index of a wrong element", () => {
    const broken: VjpCheck = {
      ...product,
      vjp: (inputs, cotangents) => product.vjp(inputs, cotangents).map((value, i) => (i === 1 ? nudged(value!, 4) : value)),
    };
    expect(() => checkVjp(broken)).toThrow(/vjp of Mul \(seed 1\).*input 1, index 4: expected .*, actual/);
  });

  it("rejects a missing cotangent of an input that matters", () => {
    expect(() => checkVjp({ ...product, vjp: (inputs, cotangents) => [product.vjp(inputs, cotangents)[0]!, null] })).toThrow(/no cotangent/);
  });

  it("rejects NaN", () => {
    const broken: VjpCheck = { ...product, vjp: (inputs, cotangents) => product.vjp(inputs, cotangents).map((value) => mapElements(value!, () => NaN)) };
    expect(() => checkVjp(broken)).toThrow(/actual NaN/);
  });

  it("rejects other dims", () => {
    expect(() => checkVjp({ ...product, vjp: ([a, b]) => [a!, value64("float32", [6], b!.data)] })).toThrow(/input 1: the cotangent has dims \[6\]/);
  });

  it("finds a wrong element of a large input by projection", () => {
    const inputs = [randomValue(1, [30, 30]), randomValue(2, [30, 30])];
    expect(() => checkVjp({ ...product, inputs })).not.toThrow();
    const broken: VjpCheck = { ...product, inputs, vjp: (at, cotangents) => product.vjp(at, cotangents).map((value) => nudged(value!, 500)) };
    expect(() => checkVjp(broken)).toThrow(/projection with seed 1001/);
  });

  it("leaves integer inputs alone", () => {
    const power: VjpCheck = {
      name: "Pow",
      inputs: [randomValue(3, [4], { mean: 3, scale: 0.3 }), value64("int64", [1], [3])],
      forward: ([x, n]) => [mapPairs(x!, n!, (a, b) => a ** b)],
      vjp: ([x], [dy]) => [mapPairs(dy!, x!, (g, a) => 3 * g * a * a), null],
    };
    expect(() => checkVjp(power)).not.toThrow();
  });
});

function nudged(value: Value64, index: number): Value64 {
  return value64(value.type, value.dims, value.data.with(index, value.data[index]! + 0.01));
}
