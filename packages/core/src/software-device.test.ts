import { expect, it } from "vitest";

import { isSoftwareAdapter } from "./software-device.ts";

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
