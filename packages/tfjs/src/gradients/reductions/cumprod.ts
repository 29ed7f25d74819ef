import { type Tensor, add, cumprod, expandDims, eye, mul, reshape, sub, sum, tensor2d, transpose } from "@tensorflow/tfjs-core";

import { checkAxis } from "./cumsum.ts";
import type { GradientRule } from "../gradient-rule.ts";

/**
 * Cumprod: yⱼ = Π xₖ over k ≤ j;  x̄ᵢ = Σⱼ ȳⱼ Π xₖ over k ≤ j without i, which is right with zeros among the factors too. The products without
 * xᵢ are running products of rows in which it is replaced by 1.
 */
export const cumprodRule: GradientRule = {
  kernel: "Cumprod",
  needs: { x: ["x"] },
  check: (call) => checkAxis("Cumprod", call),
  pullback: function cumprodPullback({ dy, attrs, shapes, input }) {
    const axis = attrs["axis"] as number;
    const [exclusive, reverse] = [attrs["exclusive"] === true, attrs["reverse"] === true];
    const shape = shapes["x"]!;
    const size = shape[axis]!;
    const perm = [...shape.keys()].filter((i) => i !== axis).concat(axis);
    const turned = transpose(input("x"), perm);
    const rows = (t: Tensor): Tensor => reshape(t, [-1, 1, size]);
    const diagonal = expandDims(eye(size), 0);
    const without = add(mul(rows(turned), sub(1, diagonal)), diagonal);
    const products = mul(cumprod(without, 2, exclusive, reverse), rows(transpose(dy, perm)));
    const summed = sum(mul(products, expandDims(readers(size, exclusive, reverse), 0)), 2);
    return {
      x: transpose(
        reshape(summed, turned.shape),
        perm.map((_, i) => perm.indexOf(i)),
      ),
    };
  },
};

/** [i, j]: 1 where yⱼ has the factor xᵢ. */
function readers(size: number, exclusive: boolean, reverse: boolean): Tensor {
  const reads = (i: number, j: number): boolean => (exclusive && i === j ? false : reverse ? i >= j : i <= j);
  return tensor2d(
    Array.from({ length: size * size }, (_, at) => (reads(Math.floor(at / size), at % size) ? 1 : 0)),
    [size, size],
  );
}
