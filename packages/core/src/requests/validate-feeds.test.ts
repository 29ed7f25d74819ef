import { describe, expect, it } from "vitest";

import { isXDeepError } from "../errors/error.ts";
import type { ValueInfo } from "../contract/model.ts";
import { float32 } from "../tensors/tensor.ts";
import type { Tensor } from "../tensors/tensor.ts";
import { firstNonFinite, validateFeeds } from "./validate-feeds.ts";

const image: ValueInfo = { name: "image", type: "float32", dims: [null, 3, 2], layout: null };
const ids: ValueInfo = { name: "ids", type: "int64", dims: [null, null], layout: null };
const half: ValueInfo = { name: "half", type: "float16", dims: [null, 2], layout: null };
const brain: ValueInfo = { name: "brain", type: "bfloat16", dims: [null, 2], layout: null };

const imageOf = (rows: number): Tensor => float32([rows, 3, 2]);
const idsOf = (rows: number): Tensor => ({ type: "int64", dims: [rows, 4], data: new BigInt64Array(rows * 4) });

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return isXDeepError(error) ? error.code : String(error);
  }
  return "accepted";
}

describe("validateFeeds", () => {
  it("returns the number of rows", () => {
    expect(validateFeeds({ image: imageOf(2), ids: idsOf(2) }, [image, ids])).toBe(2);
  });

  it.each<[string, () => unknown]>([
    ["INPUT_MISSING", () => validateFeeds({ image: imageOf(1) }, [image, ids])],
    ["INPUT_UNKNOWN", () => validateFeeds({ image: imageOf(1), imag: imageOf(1) }, [image])],
    ["INPUT_TYPE", () => validateFeeds({ ids: imageOf(1) }, [{ ...ids, dims: [null, null, null] }])],
    ["INPUT_TYPE", () => validateFeeds({ image: { type: "float32", dims: [1, 3, 2], data: new Float64Array(6) } as unknown as Tensor }, [image])],
    ["INPUT_SHAPE", () => validateFeeds({ image: float32([3, 2]) }, [image])],
    ["INPUT_SHAPE", () => validateFeeds({ image: float32([1, 2, 3]) }, [image])],
    ["INPUT_SHAPE", () => validateFeeds({ image: { type: "float32", dims: [1, 3, 2], data: new Float32Array(5) } }, [image])],
    ["INPUT_SHAPE", () => validateFeeds({ ids: { type: "int64", dims: [1, -1], data: new BigInt64Array(0) } }, [ids])],
    ["INPUT_NOT_FINITE", () => validateFeeds({ image: float32([1, 3, 2], [0, 1, NaN, 3, 4, 5]) }, [image])],
    ["INPUT_NOT_FINITE", () => validateFeeds({ image: float32([1, 3, 2], [0, 1, 2, 3, 4, -Infinity]) }, [image])],
    ["INPUT_NOT_FINITE", () => validateFeeds({ half: { type: "float16", dims: [1, 2], data: Uint16Array.of(0x3c00, 0xfc00) } }, [half])],
    ["INPUT_NOT_FINITE", () => validateFeeds({ brain: { type: "bfloat16", dims: [1, 2], data: Uint16Array.of(0x3f80, 0x7fc0) } }, [brain])],
    ["BATCH_INVALID", () => validateFeeds({ image: imageOf(2), ids: idsOf(1) }, [image, ids])],
    ["BATCH_INVALID", () => validateFeeds({ image: imageOf(0) }, [image])],
    ["BATCH_INVALID", () => validateFeeds({ scale: float32([], [1]) }, [{ name: "scale", type: "float32", dims: [], layout: null }])],
  ])("refuses with %s", (code, run) => {
    expect(codeOf(run)).toBe(code);
  });

  it("takes the largest finite half floats", () => {
    expect(validateFeeds({ half: { type: "float16", dims: [1, 2], data: Uint16Array.of(0x7bff, 0xfbff) } }, [half])).toBe(1);
  });

  it("says what was expected, what was given and the nearest name", () => {
    expect(() => validateFeeds({ imagge: imageOf(1) }, [image, ids])).toThrow(/no input "imagge".*"image", "ids".*nearest: "image"/);
    expect(() => validateFeeds({ image: float32([1, 2, 3]) }, [image])).toThrow("[any, 3, 2], got [1, 2, 3]");
    expect(() => validateFeeds({ image: float32([1, 3, 2], [0, 1, NaN, 3, 4, 5]) }, [image])).toThrow("element 2 of 6");
  });

  it("takes declared inner values besides the inputs", () => {
    const inner: ValueInfo = { name: "conv", type: "float32", dims: [null, 5], layout: null };
    expect(validateFeeds({ image: imageOf(1), conv: float32([1, 5]) }, [image], { innerValues: [inner] })).toBe(1);
    expect(codeOf(() => validateFeeds({ image: imageOf(1), conv: float32([1, 4]) }, [image], { innerValues: [inner] }))).toBe("INPUT_SHAPE");
  });

  it("does not ask for a common batch where none is used", () => {
    expect(validateFeeds({ image: imageOf(2), ids: idsOf(3) }, [image, ids], { batched: false })).toBe(2);
  });

  it("throws a plain TypeError for what is no tensor", () => {
    expect(() => validateFeeds({ image: 3 as unknown as Tensor }, [image])).toThrow(TypeError);
  });
});

it("finds the first NaN or infinity wherever it is, and none in the largest and smallest numbers", () => {
  for (let length = 0; length < 11; length++) {
    const finite = Array.from({ length }, (_, i) => [3.4028234663852886e38, -1e-45, -0, 1][i % 4]!);
    expect(firstNonFinite(float32([length], finite))).toBe(-1);
    for (let at = 0; at < length; at++) {
      for (const value of [NaN, Infinity, -Infinity]) {
        expect(firstNonFinite(float32([length], finite.with(at, value)))).toBe(at);
        expect(
          firstNonFinite(
            float32(
              [length],
              finite.map((each, i) => (i >= at ? value : each)),
            ),
          ),
        ).toBe(at);
      }
    }
  }
});
