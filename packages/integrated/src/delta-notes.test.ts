import { float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { affine, analyticModel, relu } from "@xdeep/test-models";
import { expect, it } from "vitest";

import { integrated } from "./integrated.ts";

/** F = relu(x − 0.9), whose slope lies at the end of the path from 0 to 1. */
const model = analyticModel({ inputs: [{ name: "x", dims: [1] }], layers: [affine([[1]], [-0.9]), relu()] });
const notesOf = async (rows: readonly number[], options: Parameters<typeof integrated>[1], guided = false): Promise<readonly string[] | undefined> =>
  (await integrated(new Backprop(model, { guided }), options).explain(float32([rows.length, 1], rows))).provenance.notes;

it("attributions that do not add up are said so, by row", async () => {
  expect(await notesOf([1], { n: 2 })).toEqual([
    expect.stringMatching(/^The attributions add up to 0\.000, but the score changes by 0\.1000 along the path.*`n`.*`tolerance`/),
  ]);
  expect(await notesOf([0.5, 1], { n: 2 })).toEqual([expect.stringMatching(/^The attributions of row 1 add up to/)]);
});

it("nothing is said where they do, where they are not meant to, or where nothing is to add up", async () => {
  expect(await notesOf([1], { n: 200 })).toBeUndefined();
  expect(await notesOf([1], { tolerance: 0.2 })).toBeUndefined();
  expect(await notesOf([1], { n: 2 }, true)).toBeUndefined();
  expect(await notesOf([1], { n: 2, multiplyByInputs: false })).toBeUndefined();
  expect(await notesOf([0], { n: 2 })).toBeUndefined();
});
