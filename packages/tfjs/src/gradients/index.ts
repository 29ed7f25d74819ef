import type { Gradient } from "./gradient.ts";
import { registeredGradient } from "./registered-gradient.ts";
import { addGradient, addNGradient, multiplyGradient, realDivGradient, squaredDifferenceGradient, subGradient } from "./arithmetic.ts";
import { broadcastToGradient, tileGradient } from "./broadcast.ts";
import { clipByValueGradient } from "./clip-by-value.ts";
import { conv2dBackpropInputGradient } from "./conv2d-backprop-input.ts";
import { conv2dGradient, depthwiseConv2dGradient, fusedConv2dGradient, fusedDepthwiseConv2dGradient } from "./convolution.ts";
import { cumsumGradient } from "./cumsum.ts";
import { depthToSpaceGradient } from "./depth-to-space.ts";
import { einsumGradient } from "./einsum.ts";
import { eluGradient } from "./elu.ts";
import { maxGradient, minGradient } from "./extremes.ts";
import { fusedBatchNormGradient } from "./fused-batch-norm.ts";
import { gatherV2Gradient } from "./gather-v2.ts";
import { concatGradient, packGradient, splitVGradient, unpackGradient } from "./joins.ts";
import { leakyReluGradient } from "./leaky-relu.ts";
import { logSoftmaxGradient } from "./log-softmax.ts";
import { batchMatMulGradient, fusedMatMulGradient } from "./mat-mul.ts";
import { maximumGradient, minimumGradient } from "./maximum.ts";
import { mirrorPadGradient, padV2Gradient } from "./pads.ts";
import { castGradient, expandDimsGradient, identityGradient, reshapeGradient } from "./pass-on.ts";
import { avgPoolGradient, maxPoolGradient } from "./pooling.ts";
import { powGradient } from "./pow.ts";
import { preluGradient } from "./prelu.ts";
import { prodGradient } from "./prod.ts";
import { reluGradient } from "./relu.ts";
import { relu6Gradient } from "./relu6.ts";
import { resizeBilinearGradient, resizeNearestNeighborGradient } from "./resize.ts";
import { reverseGradient } from "./reverse.ts";
import { selectGradient } from "./select.ts";
import { seluGradient } from "./selu.ts";
import { sliceGradient, stridedSliceGradient } from "./slices.ts";
import { softmaxGradient } from "./softmax.ts";
import { batchToSpaceNdGradient, spaceToBatchNdGradient } from "./space-batch.ts";
import { meanGradient, sumGradient } from "./sums.ts";
import { transposeGradient } from "./transpose.ts";
import { unaryGradients } from "./unary.ts";

/** Every formula of this package. All are made of forward kernels, which every engine has that runs the kernel itself. */
export const GRADIENTS: ReadonlyMap<string, Gradient> = /* @__PURE__ */ new Map(
  [
    addGradient,
    addNGradient,
    avgPoolGradient,
    batchMatMulGradient,
    batchToSpaceNdGradient,
    broadcastToGradient,
    castGradient,
    clipByValueGradient,
    concatGradient,
    conv2dBackpropInputGradient,
    conv2dGradient,
    cumsumGradient,
    depthToSpaceGradient,
    depthwiseConv2dGradient,
    einsumGradient,
    eluGradient,
    expandDimsGradient,
    fusedBatchNormGradient,
    fusedConv2dGradient,
    fusedDepthwiseConv2dGradient,
    fusedMatMulGradient,
    gatherV2Gradient,
    identityGradient,
    leakyReluGradient,
    logSoftmaxGradient,
    maxGradient,
    maxPoolGradient,
    maximumGradient,
    meanGradient,
    minGradient,
    minimumGradient,
    mirrorPadGradient,
    multiplyGradient,
    packGradient,
    padV2Gradient,
    powGradient,
    preluGradient,
    prodGradient,
    realDivGradient,
    relu6Gradient,
    reluGradient,
    reshapeGradient,
    resizeBilinearGradient,
    resizeNearestNeighborGradient,
    reverseGradient,
    selectGradient,
    seluGradient,
    sliceGradient,
    softmaxGradient,
    spaceToBatchNdGradient,
    splitVGradient,
    squaredDifferenceGradient,
    stridedSliceGradient,
    subGradient,
    sumGradient,
    tileGradient,
    transposeGradient,
    unpackGradient,
    ...unaryGradients,
  ].map((gradient) => [gradient.kernel, gradient]),
);

/** The formula of a kernel: ours, or else the one registered with TensorFlow.js, if there is one. */
export function findGradient(kernel: string): Gradient | undefined {
  return GRADIENTS.get(kernel) ?? registeredGradient(kernel);
}
