import type { GradientRule } from "../sweep/rule.ts";
import { type RuleSet, ruleSet } from "../sweep/rule-set.ts";
import { absRule } from "./abs.ts";
import { addRule } from "./add.ts";
import { affineGridRule } from "./affine-grid.ts";
import { attentionRule } from "./attention.ts";
import { averagePoolRule } from "./average-pool.ts";
import { batchNormalizationRule } from "./batch-normalization.ts";
import { castLikeRule, castRule } from "./cast.ts";
import { centerCropPadRule } from "./center-crop-pad.ts";
import { clipRule } from "./clip.ts";
import { col2ImRule } from "./col2im.ts";
import { compressRule } from "./compress.ts";
import { concatRule } from "./concat.ts";
import { convTransposeRule } from "./conv-transpose.ts";
import { convRule } from "./conv.ts";
import { cumProdRule } from "./cum-prod.ts";
import { cumSumRule } from "./cum-sum.ts";
import { deformConvRule } from "./deform-conv.ts";
import { depthToSpaceRule, spaceToDepthRule } from "./depth-to-space.ts";
import { detRule } from "./det.ts";
import { dftRule } from "./dft.ts";
import { divRule } from "./div.ts";
import { dropoutRule } from "./dropout.ts";
import { einsumRule } from "./einsum.ts";
import { celuRule, eluRule, seluRule } from "./elu.ts";
import { erfRule } from "./erf.ts";
import { expRule } from "./exp.ts";
import { expandRule } from "./expand.ts";
import { flattenRule } from "./flatten.ts";
import { fusedMatMulRule } from "./fused-matmul.ts";
import { gatherElementsRule } from "./gather-elements.ts";
import { gatherNdRule } from "./gather-nd.ts";
import { gatherRule } from "./gather.ts";
import { geluRule } from "./gelu.ts";
import { gemmRule } from "./gemm.ts";
import { globalAveragePoolRule } from "./global-average-pool.ts";
import { globalMaxPoolRule } from "./global-max-pool.ts";
import { gridSampleRule } from "./grid-sample.ts";
import { groupNormalizationRule } from "./group-normalization.ts";
import { gruRule } from "./gru.ts";
import { hardSigmoidRule } from "./hard-sigmoid.ts";
import { hardSwishRule } from "./hard-swish.ts";
import { acoshRule, asinhRule, atanhRule, coshRule, sinhRule } from "./hyperbolic.ts";
import { identityRule } from "./identity.ts";
import { ifRule } from "./if.ts";
import { instanceNormalizationRule } from "./instance-normalization.ts";
import { layerNormalizationRule } from "./layer-normalization.ts";
import { leakyReluRule } from "./leaky-relu.ts";
import { logRule } from "./log.ts";
import { loopRule } from "./loop.ts";
import { lpNormalizationRule } from "./lp-normalization.ts";
import { globalLpPoolRule, lpPoolRule } from "./lp-pool.ts";
import { lrnRule } from "./lrn.ts";
import { lstmRule } from "./lstm.ts";
import { matMulRule } from "./matmul.ts";
import { maxPoolRule } from "./max-pool.ts";
import { maxUnpoolRule } from "./max-unpool.ts";
import { maxRule, minRule } from "./max.ts";
import { meanVarianceNormalizationRule } from "./mean-variance-normalization.ts";
import { microsoftAttentionRule, multiHeadAttentionRule } from "./microsoft-attention.ts";
import { biasGeluRule, fastGeluRule, microsoftGeluRule, quickGeluRule } from "./microsoft-gelu.ts";
import { mishRule } from "./mish.ts";
import { modRule } from "./mod.ts";
import { mulRule } from "./mul.ts";
import { negRule } from "./neg.ts";
import { negativeLogLikelihoodLossRule } from "./negative-log-likelihood-loss.ts";
import { oneHotRule } from "./one-hot.ts";
import { padRule } from "./pad.ts";
import { powRule } from "./pow.ts";
import { preluRule } from "./prelu.ts";
import { dequantizeLinearRule, quantizeLinearRule } from "./quantize-linear.ts";
import { rangeRule } from "./range.ts";
import { reciprocalRule } from "./reciprocal.ts";
import { reduceLogSumExpRule, reduceLogSumRule } from "./reduce-log-sum.ts";
import { reduceMaxRule, reduceMinRule } from "./reduce-max.ts";
import { reduceL1Rule, reduceL2Rule, reduceSumSquareRule } from "./reduce-norm.ts";
import { reduceProdRule } from "./reduce-prod.ts";
import { reduceMeanRule, reduceSumRule } from "./reduce-sum.ts";
import { reluRule } from "./relu.ts";
import { reshapeRule } from "./reshape.ts";
import { resizeRule } from "./resize.ts";
import { reverseSequenceRule } from "./reverse-sequence.ts";
import { rmsNormalizationRule, simplifiedLayerNormalizationRule } from "./rms-normalization.ts";
import { rnnRule } from "./rnn.ts";
import { roiAlignRule } from "./roi-align.ts";
import { microsoftRotaryEmbeddingRule, rotaryEmbeddingRule } from "./rotary-embedding.ts";
import { scanRule } from "./scan.ts";
import { scatterElementsRule } from "./scatter-elements.ts";
import { scatterNdRule } from "./scatter-nd.ts";
import { shrinkRule } from "./shrink.ts";
import { sigmoidRule } from "./sigmoid.ts";
import { skipLayerNormalizationRule, skipSimplifiedLayerNormalizationRule } from "./skip-layer-normalization.ts";
import { sliceRule } from "./slice.ts";
import { softmaxCrossEntropyLossRule } from "./softmax-cross-entropy-loss.ts";
import { logSoftmaxRule, softmaxRule } from "./softmax.ts";
import { softplusRule } from "./softplus.ts";
import { softsignRule } from "./softsign.ts";
import { splitRule } from "./split.ts";
import { sqrtRule } from "./sqrt.ts";
import { squeezeRule, unsqueezeRule } from "./squeeze.ts";
import { stftRule } from "./stft.ts";
import { subRule } from "./sub.ts";
import { meanRule, sumRule } from "./sum.ts";
import { swishRule } from "./swish.ts";
import { tanhRule } from "./tanh.ts";
import { tensorScatterRule } from "./tensor-scatter.ts";
import { thresholdedReluRule } from "./thresholded-relu.ts";
import { tileRule } from "./tile.ts";
import { topKRule } from "./top-k.ts";
import { transposeRule } from "./transpose.ts";
import { acosRule, asinRule, atanRule, cosRule, sinRule, tanRule } from "./trigonometric.ts";
import { triluRule } from "./trilu.ts";
import { whereRule } from "./where.ts";

/** Every rule of xdeep, by operator. */
export const builtinRuleList: readonly GradientRule[] = [
  absRule,
  acoshRule,
  acosRule,
  addRule,
  affineGridRule,
  asinhRule,
  asinRule,
  atanhRule,
  atanRule,
  attentionRule,
  averagePoolRule,
  batchNormalizationRule,
  biasGeluRule,
  castLikeRule,
  castRule,
  celuRule,
  centerCropPadRule,
  clipRule,
  col2ImRule,
  compressRule,
  concatRule,
  convRule,
  convTransposeRule,
  coshRule,
  cosRule,
  cumProdRule,
  cumSumRule,
  deformConvRule,
  depthToSpaceRule,
  dequantizeLinearRule,
  detRule,
  dftRule,
  divRule,
  dropoutRule,
  einsumRule,
  eluRule,
  erfRule,
  expandRule,
  expRule,
  fastGeluRule,
  flattenRule,
  fusedMatMulRule,
  gatherElementsRule,
  gatherNdRule,
  gatherRule,
  geluRule,
  gemmRule,
  globalAveragePoolRule,
  globalLpPoolRule,
  globalMaxPoolRule,
  gridSampleRule,
  groupNormalizationRule,
  gruRule,
  hardSigmoidRule,
  hardSwishRule,
  identityRule,
  ifRule,
  instanceNormalizationRule,
  layerNormalizationRule,
  leakyReluRule,
  logRule,
  logSoftmaxRule,
  loopRule,
  lpNormalizationRule,
  lpPoolRule,
  lrnRule,
  lstmRule,
  matMulRule,
  maxPoolRule,
  maxRule,
  maxUnpoolRule,
  meanRule,
  meanVarianceNormalizationRule,
  microsoftAttentionRule,
  microsoftGeluRule,
  microsoftRotaryEmbeddingRule,
  minRule,
  mishRule,
  modRule,
  mulRule,
  multiHeadAttentionRule,
  negativeLogLikelihoodLossRule,
  negRule,
  oneHotRule,
  padRule,
  powRule,
  preluRule,
  quantizeLinearRule,
  quickGeluRule,
  rangeRule,
  reciprocalRule,
  reduceL1Rule,
  reduceL2Rule,
  reduceLogSumExpRule,
  reduceLogSumRule,
  reduceMaxRule,
  reduceMeanRule,
  reduceMinRule,
  reduceProdRule,
  reduceSumRule,
  reduceSumSquareRule,
  reluRule,
  reshapeRule,
  resizeRule,
  reverseSequenceRule,
  rmsNormalizationRule,
  rnnRule,
  roiAlignRule,
  rotaryEmbeddingRule,
  scanRule,
  scatterElementsRule,
  scatterNdRule,
  seluRule,
  shrinkRule,
  sigmoidRule,
  simplifiedLayerNormalizationRule,
  sinhRule,
  sinRule,
  skipLayerNormalizationRule,
  skipSimplifiedLayerNormalizationRule,
  sliceRule,
  softmaxCrossEntropyLossRule,
  softmaxRule,
  softplusRule,
  softsignRule,
  spaceToDepthRule,
  splitRule,
  sqrtRule,
  squeezeRule,
  stftRule,
  subRule,
  sumRule,
  swishRule,
  tanhRule,
  tanRule,
  tensorScatterRule,
  thresholdedReluRule,
  tileRule,
  topKRule,
  transposeRule,
  triluRule,
  unsqueezeRule,
  whereRule,
];

export const builtinRules: RuleSet = /* @__PURE__ */ ruleSet(builtinRuleList);
