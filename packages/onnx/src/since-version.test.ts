import { describe, expect, it } from "vitest";
import { NEWEST_OPSET, opVersions, removedSince } from "./op-versions.ts";
import { sinceVersion } from "./since-version.ts";

describe("opVersions", () => {
  const rows = Object.entries(opVersions);

  it("is sorted by operator", () => {
    const names = rows.map(([op]) => op);
    expect(names).toEqual(names.toSorted((a, b) => (a < b ? -1 : 1)));
  });

  it.each(rows)("%s has ascending versions up to the newest", (_, versions) => {
    expect(versions.length).toBeGreaterThan(0);
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
    expect(versions[0]).toBeGreaterThanOrEqual(1);
    expect(versions.at(-1)).toBeLessThanOrEqual(NEWEST_OPSET);
  });

  it("reaches the newest version", () => {
    expect(Math.max(...rows.flatMap(([, versions]) => versions))).toBe(NEWEST_OPSET);
  });

  it("knows the operators that were removed", () => {
    for (const [op, version] of Object.entries(removedSince)) expect(opVersions[op]).toContain(version);
  });
});

describe("sinceVersion", () => {
  it.each([
    ["Relu", 1, 1],
    ["Relu", 5, 1],
    ["Relu", 6, 6],
    ["Relu", 13, 13],
    ["Relu", 18, 14],
    ["Relu", 99, 14],
    ["Softmax", 12, 11],
    ["Softmax", 13, 13],
    ["Softmax", 18, 13],
    ["Resize", 9, undefined],
    ["Resize", 10, 10],
    ["Resize", 12, 11],
    ["Resize", 17, 13],
    ["Resize", 18, 18],
    ["Resize", 25, 19],
    ["BatchNormalization", 8, 7],
    ["BatchNormalization", 18, 15],
    ["ReduceSum", 17, 13],
    ["ReduceMean", 17, 13],
    ["ReduceMean", 18, 18],
    ["ReduceMax", 20, 20],
    ["Gelu", 19, undefined],
    ["Gelu", 20, 20],
    ["Add", 7, 7],
    ["Add", 14, 14],
    ["Upsample", 8, 7],
    ["Upsample", 9, 9],
    ["Upsample", 10, undefined],
    ["Scatter", 9, 9],
    ["Scatter", 11, undefined],
    ["NoSuchOp", 18, undefined],
    ["toString", 18, undefined],
  ])("%s at opset %i: %s", (op, opset, expected) => {
    expect(sinceVersion("", op, opset)).toBe(expected);
    expect(sinceVersion("ai.onnx", op, opset)).toBe(expected);
  });

  it("knows no other domain", () => {
    expect(sinceVersion("com.microsoft", "Relu", 18)).toBeUndefined();
  });
});
