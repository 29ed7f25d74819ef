import { describe, expect, it } from "vitest";

import { type Tensor, float32 } from "../tensors/tensor.ts";
import { allZero, checkZeroGradient } from "./zero-gradient-check.ts";

const x = float32([1, 3], [1, -2, 0.5]);

/** The score as a function of x, in float32 as an engine gives it. */
const scoring =
  (f: (values: readonly number[]) => number) =>
  async (feeds: Readonly<Record<string, Tensor>>): Promise<Float32Array> =>
    Float32Array.of(f([...(feeds["x"]!.data as Float32Array)]));

const check = (f: (values: readonly number[]) => number): Promise<void> => checkZeroGradient({ x }, ["x"], { engine: "an engine" }, scoring(f));

describe("a gradient that is zero everywhere", () => {
  it.each([
    ["linear", ([a, b, c]: readonly number[]) => 2 * a! - 3 * b! + c! + 7],
    ["curved", ([a, b, c]: readonly number[]) => Math.tanh(a! - b!) + c! ** 2],
    ["small beside a large offset", ([a, b]: readonly number[]) => 100 + 2 * a! + b!],
  ])("is refused where the score is %s in x", async (_, f) => {
    await expect(check(f)).rejects.toMatchObject({ code: "ENGINE_FAILED" });
  });

  it.each([
    ["does not depend on x", () => 3],
    ["is dead here and alive beyond a kink", ([a]: readonly number[]) => Math.max(0, a! - 1.019)],
    ["has a kink at x", ([a, b]: readonly number[]) => 3 * Math.max(0, a! - 1) + Math.max(0, b! + 2)],
    ["jumps nearby", ([a]: readonly number[]) => (a! > 1.003 ? 1 : 0)],
    ["moves by rounding alone", ([a]: readonly number[]) => 1 + 1e-9 * a!],
  ])("is believed where the score %s", async (_, f) => {
    await expect(check(f)).resolves.toBeUndefined();
  });

  it("is told from one that is not", () => {
    expect(allZero({ x: float32([2], [0, -0]) })).toBe(true);
    expect(allZero({ x: float32([2]), y: float32([1], [1e-30]) })).toBe(false);
  });
});
