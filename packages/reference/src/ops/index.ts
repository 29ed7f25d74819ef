import type { OperatorTable } from "../operator-call.ts";
import { activationOperators } from "./activation.ts";
import { binaryOperators } from "./binary.ts";
import { castOperators } from "./cast.ts";
import { concatOperators } from "./concat.ts";
import { convTransposeOperators } from "./conv-transpose.ts";
import { convOperators } from "./conv.ts";
import { gatherOperators } from "./gather.ts";
import { layoutOperators } from "./layout.ts";
import { matmulOperators } from "./matmul.ts";
import { reduceOperators } from "./reduce.ts";
import { reshapeOperators } from "./reshape.ts";
import { selectionOperators } from "./selection.ts";
import { shapeOperators } from "./shape.ts";
import { softmaxOperators } from "./softmax.ts";
import { unaryOperators } from "./unary.ts";
import { variadicOperators } from "./variadic.ts";

/** Every operator of the interpreter. */
export const operators: OperatorTable = {
  ...activationOperators,
  ...binaryOperators,
  ...castOperators,
  ...concatOperators,
  ...convOperators,
  ...convTransposeOperators,
  ...gatherOperators,
  ...layoutOperators,
  ...matmulOperators,
  ...reduceOperators,
  ...reshapeOperators,
  ...selectionOperators,
  ...shapeOperators,
  ...softmaxOperators,
  ...unaryOperators,
  ...variadicOperators,
};
