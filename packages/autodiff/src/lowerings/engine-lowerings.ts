import type { Lowering } from "../sweep/lowering.ts";
import { attentionSoftmax } from "./attention-softmax.ts";
import { blockedAverage, blockedGlobalAverage } from "./blocked-average.ts";
import { chainedConcat } from "./chained-concat.ts";
import { channelProduct } from "./channel-product.ts";
import { clipGate } from "./clip-gate.ts";
import { depthwiseStrideTwo } from "./depthwise-stride-two.ts";
import { erfProduct } from "./erf-product.ts";
import { hardSwishSlope } from "./hard-swish-slope.ts";
import { keptStatistics } from "./kept-statistics.ts";
import { maxPoolThree } from "./max-pool-three.ts";
import { maxPoolTwo } from "./max-pool-two.ts";
import { maxPoolWithoutIndices } from "./max-pool-without-indices.ts";
import { narrowJoins, narrowSplits } from "./narrow-joins.ts";
import { normalizedPhases } from "./normalized-phases.ts";
import { phasedStrideTwo } from "./phased-stride-two.ts";
import { pointwiseStrideTwo } from "./pointwise-stride-two.ts";
import { maskedBefore } from "./rectified-pool.ts";
import { scaledConvolution } from "./scaled-convolution.ts";
import { selectedRowOfGemm, selectedRowOfMatMul } from "./selected-row.ts";
import { sigmoidProduct } from "./sigmoid-product.ts";
import { stemConvolution } from "./stem-convolution.ts";

/** For ONNX Runtime's CPU provider. */
export const cpuLowerings: readonly Lowering[] = [
  attentionSoftmax,
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
export const wasmLowerings: readonly Lowering[] = [
  attentionSoftmax,
  chainedConcat,
  clipGate,
  erfProduct,
  selectedRowOfGemm,
  selectedRowOfMatMul,
  sigmoidProduct,
];

/** For ONNX Runtime on WebGPU. */
export const webgpuLowerings: readonly Lowering[] = [attentionSoftmax, erfProduct, maxPoolWithoutIndices, narrowJoins, narrowSplits, sigmoidProduct];
