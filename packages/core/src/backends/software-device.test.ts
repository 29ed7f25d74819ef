import { expect, it } from "vitest";

import { adapterName, isSoftwareAdapter } from "./software-device.ts";

it.each([
  [{ isFallbackAdapter: true }, true],
  [{ info: { isFallbackAdapter: true } }, true],
  [{ info: { vendor: "google", architecture: "swiftshader" } }, true],
  [{ info: { description: "llvmpipe (LLVM 15.0.6, 256 bits)" } }, true],
  [{ info: { vendor: "nvidia", architecture: "hopper" } }, false],
  [{}, false],
])("%j is software: %s", (adapter, expected) => {
  expect(isSoftwareAdapter(adapter)).toBe(expected);
});

it.each([
  [{ info: { vendor: "google", architecture: "swiftshader", device: "", description: "" } }, "google swiftshader"],
  [{ info: { vendor: "nvidia", description: "NVIDIA GeForce RTX 3060" } }, "NVIDIA GeForce RTX 3060"],
  [{}, ""],
])("%j is named %j", (adapter, expected) => {
  expect(adapterName(adapter)).toBe(expected);
});
