import type { Lowering } from "../sweep/lowering.ts";
import { blockedAverage, blockedGlobalAverage } from "./pools/blocked-average.ts";
import { chainedConcat } from "./joins/chained-concat.ts";
import { channelProduct } from "./elementwise/channel-product.ts";
import { clipGate } from "./elementwise/clip-gate.ts";
import { depthwiseStrideTwo } from "./convolutions/depthwise-stride-two.ts";
import { erfProduct } from "./elementwise/erf-product.ts";
import { hardSwishSlope } from "./elementwise/hard-swish-slope.ts";
import { keptStatistics } from "./transformers/kept-statistics.ts";
import { maxPoolThree } from "./pools/max-pool-three.ts";
import { maxPoolTwo } from "./pools/max-pool-two.ts";
import { maxPoolWithoutIndices } from "./pools/max-pool-without-indices.ts";
import { narrowJoins, narrowSplits } from "./joins/narrow-joins.ts";
import { normalizedPhases } from "./convolutions/normalized-phases.ts";
import { phasedStrideTwo } from "./convolutions/phased-stride-two.ts";
import { pointwiseStrideTwo } from "./convolutions/pointwise-stride-two.ts";
import { maskedBefore } from "./pools/rectified-pool.ts";
import { scaledConvolution } from "./convolutions/scaled-convolution.ts";
import { selectedRowOfGemm, selectedRowOfMatMul } from "./selected-row.ts";
import { sigmoidProduct } from "./elementwise/sigmoid-product.ts";
import { stemConvolution } from "./convolutions/stem-convolution.ts";

/** For ONNX Runtime's CPU provider. */
export const cpuLowerings: readonly Lowering[] = [
  blockedAverage,
  blockedGlobalAverage,
  chainedConcat,
  channelProduct,
  clipGate,
  depthwiseStrideTwo,
  erfProduct,
  hardSwishSlope,
  keptStatistics,
  maskedBefore,
  maxPoolThree,
  maxPoolTwo,
  normalizedPhases,
  pointwiseStrideTwo,
  phasedStrideTwo,
  scaledConvolution,
  selectedRowOfGemm,
  selectedRowOfMatMul,
  sigmoidProduct,
  stemConvolution,
];

/** For ONNX Runtime in WebAssembly, whose kernels have no blocked layout. */
export const wasmLowerings: readonly Lowering[] = [chainedConcat, clipGate, erfProduct, selectedRowOfGemm, selectedRowOfMatMul, sigmoidProduct];

/** For ONNX Runtime on WebGPU. */
export const webgpuLowerings: readonly Lowering[] = [erfProduct, maxPoolWithoutIndices, narrowJoins, narrowSplits, sigmoidProduct];
