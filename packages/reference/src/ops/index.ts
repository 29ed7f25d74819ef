import type { OperatorTable } from "../operator-call.ts";
import { activationOperators } from "./activation.ts";
import { attentionOperators } from "./attention.ts";
import { batchNormalizationOperators } from "./batch-normalization.ts";
import { binaryOperators } from "./binary.ts";
import { castOperators } from "./cast.ts";
import { concatOperators } from "./concat.ts";
import { controlFlowOperators } from "./control-flow.ts";
import { convTransposeOperators } from "./conv-transpose.ts";
import { convOperators } from "./conv.ts";
import { cumulativeSumOperators } from "./cumulative-sum.ts";
import { detOperators } from "./det.ts";
import { einsumOperators } from "./einsum.ts";
import { gatherOperators } from "./gather.ts";
import { globalPoolOperators } from "./global-pool.ts";
import { gridSampleOperators } from "./grid-sample.ts";
import { layoutOperators } from "./layout.ts";
import { lossOperators } from "./loss.ts";
import { matmulOperators } from "./matmul.ts";
import { maxUnpoolOperators } from "./max-unpool.ts";
import { microsoftAttentionOperators } from "./microsoft-attention.ts";
import { microsoftFusedOperators } from "./microsoft-fused.ts";
import { normalizationOperators } from "./normalization.ts";
import { orderOperators } from "./order.ts";
import { padOperators } from "./pad.ts";
import { poolOperators } from "./pool.ts";
import { quantizeOperators } from "./quantize.ts";
import { rearrangeOperators } from "./rearrange.ts";
import { recurrentOperators } from "./recurrent.ts";
import { reduceOperators } from "./reduce.ts";
import { reshapeOperators } from "./reshape.ts";
import { resizeOperators } from "./resize.ts";
import { responseNormalizationOperators } from "./response-normalization.ts";
import { roiAlignOperators } from "./roi-align.ts";
import { rotaryEmbeddingOperators } from "./rotary-embedding.ts";
import { scatterOperators } from "./scatter.ts";
import { selectionOperators } from "./selection.ts";
import { shapeOperators } from "./shape.ts";
import { signalOperators } from "./signal.ts";
import { softmaxOperators } from "./softmax.ts";
import { unaryOperators } from "./unary.ts";
import { variadicOperators } from "./variadic.ts";

/** Every operator of the interpreter. */
export const operators: OperatorTable = {
  ...activationOperators,
  ...attentionOperators,
  ...batchNormalizationOperators,
  ...binaryOperators,
  ...castOperators,
  ...concatOperators,
  ...controlFlowOperators,
  ...convOperators,
  ...convTransposeOperators,
  ...cumulativeSumOperators,
  ...detOperators,
  ...einsumOperators,
  ...gatherOperators,
  ...globalPoolOperators,
  ...gridSampleOperators,
  ...layoutOperators,
  ...lossOperators,
  ...matmulOperators,
  ...maxUnpoolOperators,
  ...microsoftAttentionOperators,
  ...microsoftFusedOperators,
  ...normalizationOperators,
  ...orderOperators,
  ...padOperators,
  ...poolOperators,
  ...quantizeOperators,
  ...rearrangeOperators,
  ...recurrentOperators,
  ...reduceOperators,
  ...reshapeOperators,
  ...resizeOperators,
  ...responseNormalizationOperators,
  ...roiAlignOperators,
  ...rotaryEmbeddingOperators,
  ...scatterOperators,
  ...selectionOperators,
  ...shapeOperators,
  ...signalOperators,
  ...softmaxOperators,
  ...unaryOperators,
  ...variadicOperators,
};
