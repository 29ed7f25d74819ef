import type { OperatorTable } from "../operator-call.ts";
import { activationOperators } from "./activation.ts";
import { batchNormalizationOperators } from "./batch-normalization.ts";
import { binaryOperators } from "./binary.ts";
import { castOperators } from "./cast.ts";
import { concatOperators } from "./concat.ts";
import { controlFlowOperators } from "./control-flow.ts";
import { convTransposeOperators } from "./conv-transpose.ts";
import { convOperators } from "./conv.ts";
import { cumulativeSumOperators } from "./cumulative-sum.ts";
import { einsumOperators } from "./einsum.ts";
import { gatherOperators } from "./gather.ts";
import { globalPoolOperators } from "./global-pool.ts";
import { layoutOperators } from "./layout.ts";
import { lossOperators } from "./loss.ts";
import { matmulOperators } from "./matmul.ts";
import { maxUnpoolOperators } from "./max-unpool.ts";
import { normalizationOperators } from "./normalization.ts";
import { orderOperators } from "./order.ts";
import { padOperators } from "./pad.ts";
import { poolOperators } from "./pool.ts";
import { rearrangeOperators } from "./rearrange.ts";
import { recurrentOperators } from "./recurrent.ts";
import { reduceOperators } from "./reduce.ts";
import { reshapeOperators } from "./reshape.ts";
import { resizeOperators } from "./resize.ts";
import { responseNormalizationOperators } from "./response-normalization.ts";
import { scatterOperators } from "./scatter.ts";
import { selectionOperators } from "./selection.ts";
import { shapeOperators } from "./shape.ts";
import { softmaxOperators } from "./softmax.ts";
import { unaryOperators } from "./unary.ts";
import { variadicOperators } from "./variadic.ts";

/** Every operator of the interpreter. */
export const operators: OperatorTable = {
  ...activationOperators,
  ...batchNormalizationOperators,
  ...binaryOperators,
  ...castOperators,
  ...concatOperators,
  ...controlFlowOperators,
  ...convOperators,
  ...convTransposeOperators,
  ...cumulativeSumOperators,
  ...einsumOperators,
  ...gatherOperators,
  ...globalPoolOperators,
  ...layoutOperators,
  ...lossOperators,
  ...matmulOperators,
  ...maxUnpoolOperators,
  ...normalizationOperators,
  ...orderOperators,
  ...padOperators,
  ...poolOperators,
  ...rearrangeOperators,
  ...recurrentOperators,
  ...reduceOperators,
  ...reshapeOperators,
  ...resizeOperators,
  ...responseNormalizationOperators,
  ...scatterOperators,
  ...selectionOperators,
  ...shapeOperators,
  ...softmaxOperators,
  ...unaryOperators,
  ...variadicOperators,
};
