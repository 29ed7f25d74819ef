import type { LayerOf } from "../layer.ts";
import type { LayerMath } from "./layer-math.ts";
import type { Value } from "./value.ts";

/** y = a + b;  ā = ȳ, b̄ = ȳ, or Σ ȳ where b is a scalar. */
export const addMath: LayerMath<LayerOf<"add">> = {
  primal: (_, [a, b]) => ({ dims: a!.dims, data: a!.data.map((value, i) => value + at(b!, i)) }),
  pullback: (_, [, b], cotangent) => [cotangent, summedAs(b!, cotangent)],
};

/** y = a b;  ā = b ȳ, b̄ = a ȳ, or Σ a ȳ where b is a scalar. */
export const multiplyMath: LayerMath<LayerOf<"multiply">> = {
  primal: (_, [a, b]) => ({ dims: a!.dims, data: a!.data.map((value, i) => value * at(b!, i)) }),
  pullback(_, [a, b], cotangent) {
    const product = cotangent.map((dy, i) => dy * a!.data[i]!);
    return [cotangent.map((dy, i) => dy * at(b!, i)), summedAs(b!, product)];
  },
};

function at({ dims, data }: Value, i: number): number {
  return data[dims.length === 0 ? 0 : i]!;
}

function summedAs({ dims }: Value, values: Float64Array): Float64Array {
  return dims.length === 0 ? Float64Array.of(values.reduce((sum, value) => sum + value, 0)) : values;
}

/** The rows of all inputs in order; each gets its part of ȳ. */
export const concatMath: LayerMath<LayerOf<"concat">> = {
  primal(_, inputs) {
    const [first] = inputs;
    const channels = inputs.reduce((sum, { dims }) => sum + dims[0]!, 0);
    return { dims: [channels, ...first!.dims.slice(1)], data: Float64Array.from(inputs.flatMap(({ data }) => [...data])) };
  },
  pullback(_, inputs, cotangent) {
    let start = 0;
    return inputs.map(({ data }) => cotangent.slice(start, (start += data.length)));
  },
};

/** [C, H, W] → [C · H · W]. */
export const flattenMath: LayerMath<LayerOf<"flatten">> = {
  primal: (_, [x]) => ({ dims: [x!.data.length], data: x!.data }),
  pullback: (_, __, cotangent) => [cotangent],
};

/** Row i of the result is row xᵢ of the table. Indices have no gradient. */
export const embeddingMath: LayerMath<LayerOf<"embedding">> = {
  primal({ table }, [x]) {
    const width = table.dims[1]!;
    return { dims: [x!.data.length, width], data: Float64Array.from([...x!.data].flatMap((row) => [...table.data.subarray(row * width, (row + 1) * width)])) };
  },
  pullback: () => [null],
};
