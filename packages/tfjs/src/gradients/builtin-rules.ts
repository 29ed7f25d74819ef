import { type RuleSet, withRules } from "./rule-set.ts";
import { addRule, addNRule, multiplyRule, realDivRule, squaredDifferenceRule, subRule } from "./elementwise/arithmetic.ts";
import { broadcastToRule, tileRule } from "./arrangement/broadcast.ts";
import { clipByValueRule } from "./elementwise/clip-by-value.ts";
import { conv2dBackpropInputRule } from "./images/conv2d-backprop-input.ts";
import { conv2dRule, depthwiseConv2dRule, fusedConv2dRule, fusedDepthwiseConv2dRule } from "./images/convolution.ts";
import { cumprodRule } from "./reductions/cumprod.ts";
import { cumsumRule } from "./reductions/cumsum.ts";
import { depthToSpaceRule } from "./arrangement/depth-to-space.ts";
import { einsumRule } from "./products/einsum.ts";
import { eluRule } from "./elementwise/elu.ts";
import { maxRule, minRule } from "./reductions/extremes.ts";
import { fusedBatchNormRule } from "./products/fused-batch-norm.ts";
import { gatherNdRule, scatterNdRule, tensorScatterUpdateRule } from "./arrangement/gather-nd.ts";
import { gatherV2Rule } from "./arrangement/gather-v2.ts";
import { concatRule, packRule, splitVRule, unpackRule } from "./arrangement/joins.ts";
import { leakyReluRule } from "./elementwise/leaky-relu.ts";
import { logSoftmaxRule } from "./reductions/log-softmax.ts";
import { batchMatMulRule, fusedMatMulRule } from "./products/mat-mul.ts";
import { maximumRule, minimumRule } from "./elementwise/maximum.ts";
import { mirrorPadRule, padV2Rule } from "./arrangement/pads.ts";
import { castRule, expandDimsRule, identityRule, reshapeRule } from "./arrangement/pass-on.ts";
import { avgPoolRule, maxPoolRule } from "./images/pooling.ts";
import { powRule } from "./elementwise/pow.ts";
import { preluRule } from "./elementwise/prelu.ts";
import { prodRule } from "./reductions/prod.ts";
import { reluRule } from "./elementwise/relu.ts";
import { relu6Rule } from "./elementwise/relu6.ts";
import { resizeBilinearRule, resizeNearestNeighborRule } from "./images/resize.ts";
import { reverseRule } from "./arrangement/reverse.ts";
import { selectRule } from "./elementwise/select.ts";
import { seluRule } from "./elementwise/selu.ts";
import { sliceRule, stridedSliceRule } from "./arrangement/slices.ts";
import { topKRule } from "./reductions/top-k.ts";
import { softmaxRule } from "./reductions/softmax.ts";
import { batchToSpaceNdRule, spaceToBatchNdRule } from "./arrangement/space-batch.ts";
import { meanRule, sumRule } from "./reductions/sums.ts";
import { avgPool3dRule, conv3dBackpropInputRule, conv3dRule } from "./images/volumes.ts";
import { transposeRule } from "./arrangement/transpose.ts";
import { unaryRules } from "./elementwise/unary.ts";

/** Every formula of this package. All are made of forward kernels, which every engine has that runs the kernel itself. */
export const builtinRules: RuleSet = /* @__PURE__ */ withRules(
  new Map(),
  addRule,
  addNRule,
  avgPool3dRule,
  avgPoolRule,
  batchMatMulRule,
  batchToSpaceNdRule,
  broadcastToRule,
  castRule,
  clipByValueRule,
  concatRule,
  conv2dBackpropInputRule,
  conv2dRule,
  conv3dBackpropInputRule,
  conv3dRule,
  cumprodRule,
  cumsumRule,
  depthToSpaceRule,
  depthwiseConv2dRule,
  einsumRule,
  eluRule,
  expandDimsRule,
  fusedBatchNormRule,
  fusedConv2dRule,
  fusedDepthwiseConv2dRule,
  fusedMatMulRule,
  gatherNdRule,
  gatherV2Rule,
  identityRule,
  leakyReluRule,
  logSoftmaxRule,
  maxRule,
  maxPoolRule,
  maximumRule,
  meanRule,
  minRule,
  minimumRule,
  mirrorPadRule,
  multiplyRule,
  packRule,
  padV2Rule,
  powRule,
  preluRule,
  prodRule,
  realDivRule,
  relu6Rule,
  reluRule,
  reshapeRule,
  resizeBilinearRule,
  resizeNearestNeighborRule,
  reverseRule,
  scatterNdRule,
  selectRule,
  seluRule,
  sliceRule,
  softmaxRule,
  spaceToBatchNdRule,
  splitVRule,
  squaredDifferenceRule,
  stridedSliceRule,
  subRule,
  sumRule,
  tileRule,
  tensorScatterUpdateRule,
  topKRule,
  transposeRule,
  unpackRule,
  ...unaryRules,
);
