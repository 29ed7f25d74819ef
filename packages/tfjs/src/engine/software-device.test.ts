import { describe, expect, it } from "vitest";

import { isSoftwareWebGl, isSoftwareWebGpu } from "./software-device.ts";

const context = (renderer: string) => ({
  getExtension: () => ({ UNMASKED_RENDERER_WEBGL: 37446 }),
  getParameter: (parameter: number) => (parameter === 37446 ? renderer : null),
});

describe("a device that is emulated on the CPU", () => {
  it.each([
    ["ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)), SwiftShader driver)", true],
    ["llvmpipe (LLVM 15.0.6, 256 bits)", true],
    ["Microsoft Basic Render Driver", true],
    ["ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Direct3D11 vs_5_0 ps_5_0)", false],
    ["Apple M2", false],
  ])("WebGL, %s: %s", (renderer, isSoftware) => {
    expect(isSoftwareWebGl(context(renderer))).toBe(isSoftware);
  });

  it("WebGL that hides its name counts as a GPU", () => {
    expect(isSoftwareWebGl({ getExtension: () => null, getParameter: () => null })).toBe(false);
  });

  it("WebGPU says so itself, in the older and the newer place", async () => {
    const gpu = (adapter: object | null) => ({ requestAdapter: async () => adapter });
    expect(await isSoftwareWebGpu(gpu({ info: { isFallbackAdapter: true } }))).toBe(true);
    expect(await isSoftwareWebGpu(gpu({ isFallbackAdapter: true }))).toBe(true);
    expect(await isSoftwareWebGpu(gpu({ info: { isFallbackAdapter: false } }))).toBe(false);
    expect(await isSoftwareWebGpu(undefined)).toBe(false);
  });
});
