import type { OperatorTable } from "../operator-call.ts";
import { activationOperators } from "./arithmetic/activation.ts";
import { affineGridOperators } from "./sampling/affine-grid.ts";
import { argMaxOperators } from "./reductions/arg-max.ts";
import { attentionOperators } from "./products/attention.ts";
import { batchNormalizationOperators } from "./normalization/batch-normalization.ts";
import { binaryOperators } from "./arithmetic/binary.ts";
import { castOperators } from "./arithmetic/cast.ts";
import { centerCropPadOperators } from "./layout/center-crop-pad.ts";
import { col2ImOperators } from "./windows/col2im.ts";
import { compressOperators } from "./selection/compress.ts";
import { concatOperators } from "./layout/concat.ts";
import { constantOperators } from "./selection/constant.ts";
import { controlFlowOperators } from "./control-flow/control-flow.ts";
import { convTransposeOperators } from "./windows/conv-transpose.ts";
import { convOperators } from "./windows/conv.ts";
import { cosineWindowOperators } from "./signal/cosine-window.ts";
import { cumulativeOperators } from "./reductions/cumulative.ts";
import { deformConvOperators } from "./windows/deform-conv.ts";
import { depthToSpaceOperators } from "./layout/depth-to-space.ts";
import { detOperators } from "./products/det.ts";
import { dftOperators } from "./signal/dft.ts";
import { einsumOperators } from "./products/einsum.ts";
import { gatherOperators } from "./selection/gather.ts";
import { globalPoolOperators } from "./windows/global-pool.ts";
import { gridSampleOperators } from "./sampling/grid-sample.ts";
import { layoutOperators } from "./layout/layout.ts";
import { lossOperators } from "./reductions/loss.ts";
import { matmulOperators } from "./products/matmul.ts";
import { maxRoiPoolOperators } from "./windows/max-roi-pool.ts";
import { maxUnpoolOperators } from "./windows/max-unpool.ts";
import { melWeightMatrixOperators } from "./signal/mel-weight-matrix.ts";
import { microsoftAttentionOperators } from "./products/microsoft-attention.ts";
import { microsoftFusedOperators } from "./products/microsoft-fused.ts";
import { nonZeroOperators } from "./selection/non-zero.ts";
import { normalizationOperators } from "./normalization/normalization.ts";
import { oneHotOperators } from "./selection/one-hot.ts";
import { padOperators } from "./layout/pad.ts";
import { poolOperators } from "./windows/pool.ts";
import { quantizeOperators } from "./arithmetic/quantize.ts";
import { recurrentOperators } from "./control-flow/recurrent.ts";
import { reduceOperators } from "./reductions/reduce.ts";
import { reshapeOperators } from "./layout/reshape.ts";
import { resizeOperators } from "./sampling/resize.ts";
import { responseNormalizationOperators } from "./normalization/response-normalization.ts";
import { reverseSequenceOperators } from "./layout/reverse-sequence.ts";
import { roiAlignOperators } from "./sampling/roi-align.ts";
import { rotaryEmbeddingOperators } from "./products/rotary-embedding.ts";
import { scatterOperators } from "./selection/scatter.ts";
import { selectionOperators } from "./selection/selection.ts";
import { shapeOperators } from "./layout/shape.ts";
import { softmaxOperators } from "./arithmetic/softmax.ts";
import { stftOperators } from "./signal/stft.ts";
import { tensorScatterOperators } from "./selection/tensor-scatter.ts";
import { topKOperators } from "./selection/top-k.ts";
import { triluOperators } from "./selection/trilu.ts";
import { unaryOperators } from "./arithmetic/unary.ts";
import { variadicOperators } from "./arithmetic/variadic.ts";

/** Every operator of the interpreter. */
export const operators: OperatorTable = {
  ...activationOperators,
  ...affineGridOperators,
  ...argMaxOperators,
  ...attentionOperators,
  ...batchNormalizationOperators,
  ...binaryOperators,
  ...castOperators,
  ...centerCropPadOperators,
  ...col2ImOperators,
  ...compressOperators,
  ...concatOperators,
  ...constantOperators,
  ...controlFlowOperators,
  ...convOperators,
  ...convTransposeOperators,
  ...cosineWindowOperators,
  ...cumulativeOperators,
  ...deformConvOperators,
  ...depthToSpaceOperators,
  ...detOperators,
  ...dftOperators,
  ...einsumOperators,
  ...gatherOperators,
  ...globalPoolOperators,
  ...gridSampleOperators,
  ...layoutOperators,
  ...lossOperators,
  ...matmulOperators,
  ...maxRoiPoolOperators,
  ...maxUnpoolOperators,
  ...melWeightMatrixOperators,
  ...microsoftAttentionOperators,
  ...microsoftFusedOperators,
  ...nonZeroOperators,
  ...normalizationOperators,
  ...oneHotOperators,
  ...padOperators,
  ...poolOperators,
  ...quantizeOperators,
  ...recurrentOperators,
  ...reduceOperators,
  ...reshapeOperators,
  ...resizeOperators,
  ...responseNormalizationOperators,
  ...reverseSequenceOperators,
  ...roiAlignOperators,
  ...rotaryEmbeddingOperators,
  ...scatterOperators,
  ...selectionOperators,
  ...shapeOperators,
  ...softmaxOperators,
  ...stftOperators,
  ...tensorScatterOperators,
  ...topKOperators,
  ...triluOperators,
  ...unaryOperators,
  ...variadicOperators,
};
