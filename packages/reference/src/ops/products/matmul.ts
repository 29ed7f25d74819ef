import { broadcastTo } from "../../arrays/broadcast.ts";
import { mapElements, mapPairs } from "../../math/elementwise.ts";
import { matrixProduct, transposedMatrices } from "../../math/matrix-product.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

function matMul(call: OperatorCall): readonly Value64[] {
  return [matrixProduct(call.input(0), call.input(1))];
}

/** y = α A′ B′ + β C, A′ and B′ transposed on request. */
export function gemm(call: OperatorCall): readonly Value64[] {
  const a = call.flag("transA") ? transposedMatrices(call.input(0)) : call.input(0);
  const b = call.flag("transB") ? transposedMatrices(call.input(1)) : call.input(1);
  const alpha = call.float("alpha", 1);
  const beta = call.float("beta", 1);
  const product = mapElements(matrixProduct(a, b), (x) => alpha * x);
  const c = call.optional(2);
  if (c === undefined) return [product];
  return [mapPairs(product, value64(c.type, product.dims, broadcastTo(c, product.dims)), (x, bias) => x + beta * bias)];
}

/** Matrix products. */
export const matmulOperators: OperatorTable = { Gemm: gemm, MatMul: matMul };
