import { type Lowering, type RuleSet, alignedConvolutions, cpuLowerings, wasmLowerings, webgpuLowerings } from "@xdeep/autodiff";
import type { ModelProto } from "@xdeep/onnx";
import type { Device } from "./device.ts";
import type { Engine } from "./engine.ts";

/** How gradients are written: rules, and the forms in which an engine runs them fast. */
export interface GradientForms {
  readonly rules: RuleSet;
  readonly lowerings: readonly Lowering[];
}

/** The forms that a device runs fastest, or at all: WebGPU's MaxPool gives no indices. Devices that were not measured get the rules' plain forms. */
export function loweringsFor(engine: Engine, device: Device): readonly Lowering[] {
  if (device.name.includes("webgpu")) return webgpuLowerings;
  if (device.gpu) return [];
  return engine.name === "onnxruntime-node" ? cpuLowerings : wasmLowerings;
}

/** What a graph must become for a device to compute it right. */
export function rewritingFor(device: Device): (model: ModelProto) => ModelProto {
  return device.name.includes("webgpu") ? alignedConvolutions : (model) => model;
}
