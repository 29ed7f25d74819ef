import type { Lowering } from "../sweep/lowering.ts";
import { blockedAverage, blockedGlobalAverage } from "./blocked-average.ts";
import { channelProduct } from "./channel-product.ts";
import { clipGate } from "./clip-gate.ts";
import { depthwiseStrideTwo } from "./depthwise-stride-two.ts";
import { maxPoolThree } from "./max-pool-three.ts";
import { maxPoolTwo } from "./max-pool-two.ts";
import { maxPoolWithoutIndices } from "./max-pool-without-indices.ts";
import { normalizedPhases } from "./normalized-phases.ts";
import { pointwiseStrideTwo } from "./pointwise-stride-two.ts";
import { maskedBefore } from "./rectified-pool.ts";
import { scaledConvolution } from "./scaled-convolution.ts";
import { sigmoidProduct } from "./sigmoid-product.ts";
import { stemConvolution } from "./stem-convolution.ts";

/** For ONNX Runtime's CPU provider. */
export const cpuLowerings: readonly Lowering[] = [
  blockedAverage,
  blockedGlobalAverage,
  channelProduct,
  clipGate,
  depthwiseStrideTwo,
  maskedBefore,
  maxPoolThree,
  maxPoolTwo,
  normalizedPhases,
  pointwiseStrideTwo,
  scaledConvolution,
  sigmoidProduct,
  stemConvolution,
];

/** For ONNX Runtime in WebAssembly, whose kernels have no blocked layout. */
export const wasmLowerings: readonly Lowering[] = [sigmoidProduct];

/** For ONNX Runtime on WebGPU. */
export const webgpuLowerings: readonly Lowering[] = [maxPoolWithoutIndices, sigmoidProduct];
