import { describe, expect, it } from "vitest";

import { softwareWebGl, softwareWebGpu } from "./software-device.ts";

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
    expect(softwareWebGl(context(renderer))).toBe(isSoftware ? renderer : null);
  });

  it("WebGL that hides its name counts as a GPU", () => {
    expect(softwareWebGl({ getExtension: () => null, getParameter: () => null })).toBeNull();
  });

  it("WebGPU says so itself, in the older and the newer place", async () => {
    const gpu = (adapter: object | null) => ({ requestAdapter: async () => adapter });
    expect(await softwareWebGpu(gpu({ info: { isFallbackAdapter: true, vendor: "google", architecture: "swiftshader" } }))).toBe("google swiftshader");
    expect(await softwareWebGpu(gpu({ isFallbackAdapter: true }))).toBe("software");
    expect(await softwareWebGpu(gpu({ info: { isFallbackAdapter: false } }))).toBeNull();
    expect(await softwareWebGpu(undefined)).toBeNull();
  });
});
