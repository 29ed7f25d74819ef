import type { OperatorTable } from "../operator-call.ts";
import { activationOperators } from "./activation.ts";
import { affineGridOperators } from "./affine-grid.ts";
import { argMaxOperators } from "./arg-max.ts";
import { attentionOperators } from "./attention.ts";
import { batchNormalizationOperators } from "./batch-normalization.ts";
import { binaryOperators } from "./binary.ts";
import { castOperators } from "./cast.ts";
import { centerCropPadOperators } from "./center-crop-pad.ts";
import { col2ImOperators } from "./col2im.ts";
import { compressOperators } from "./compress.ts";
import { concatOperators } from "./concat.ts";
import { constantOperators } from "./constant.ts";
import { controlFlowOperators } from "./control-flow.ts";
import { convTransposeOperators } from "./conv-transpose.ts";
import { convOperators } from "./conv.ts";
import { cosineWindowOperators } from "./cosine-window.ts";
import { cumulativeOperators } from "./cumulative.ts";
import { deformConvOperators } from "./deform-conv.ts";
import { depthToSpaceOperators } from "./depth-to-space.ts";
import { detOperators } from "./det.ts";
import { dftOperators } from "./dft.ts";
import { einsumOperators } from "./einsum.ts";
import { gatherOperators } from "./gather.ts";
import { globalPoolOperators } from "./global-pool.ts";
import { gridSampleOperators } from "./grid-sample.ts";
import { layoutOperators } from "./layout.ts";
import { lossOperators } from "./loss.ts";
import { matmulOperators } from "./matmul.ts";
import { maxRoiPoolOperators } from "./max-roi-pool.ts";
import { maxUnpoolOperators } from "./max-unpool.ts";
import { melWeightMatrixOperators } from "./mel-weight-matrix.ts";
import { microsoftAttentionOperators } from "./microsoft-attention.ts";
import { microsoftFusedOperators } from "./microsoft-fused.ts";
import { nonZeroOperators } from "./non-zero.ts";
import { normalizationOperators } from "./normalization.ts";
import { oneHotOperators } from "./one-hot.ts";
import { padOperators } from "./pad.ts";
import { poolOperators } from "./pool.ts";
import { quantizeOperators } from "./quantize.ts";
import { recurrentOperators } from "./recurrent.ts";
import { reduceOperators } from "./reduce.ts";
import { reshapeOperators } from "./reshape.ts";
import { resizeOperators } from "./resize.ts";
import { responseNormalizationOperators } from "./response-normalization.ts";
import { reverseSequenceOperators } from "./reverse-sequence.ts";
import { roiAlignOperators } from "./roi-align.ts";
import { rotaryEmbeddingOperators } from "./rotary-embedding.ts";
import { scatterOperators } from "./scatter.ts";
import { selectionOperators } from "./selection.ts";
import { shapeOperators } from "./shape.ts";
import { softmaxOperators } from "./softmax.ts";
import { stftOperators } from "./stft.ts";
import { tensorScatterOperators } from "./tensor-scatter.ts";
import { topKOperators } from "./top-k.ts";
import { triluOperators } from "./trilu.ts";
import { unaryOperators } from "./unary.ts";
import { variadicOperators } from "./variadic.ts";

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
