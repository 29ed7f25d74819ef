import { expect, it } from "vitest";

import { nearestNames } from "./nearest-names.ts";

it("orders names by likeness, whatever their case", () => {
  expect(nearestNames("imgae", ["mask", "Imagenet", "Image"], 2)).toEqual(["Image", "mask"]);
  expect(nearestNames("target", ["wrt", "targetClass"], 1)).toEqual(["targetClass"]);
  expect(nearestNames("x", [])).toEqual([]);
});
