import { expect, it } from "vitest";

import { nearestNames } from "./nearest-names.ts";

it("orders names by likeness, whatever their case", () => {
  expect(nearestNames("imgae", ["mask", "Image", "ids", "logits"], 2)).toEqual(["Image", "ids"]);
  expect(nearestNames("target", ["wrt", "targetClass"], 1)).toEqual(["targetClass"]);
  expect(nearestNames("x", [])).toEqual([]);
});
