import type { LayerOf } from "../layer.ts";
import type { LayerMath } from "./layer-math.ts";

/** y = a + b;  ā = b̄ = ȳ. */
export const addMath: LayerMath<LayerOf<"add">> = {
  primal: (_, [a, b]) => ({ dims: a!.dims, data: a!.data.map((value, i) => value + b!.data[i]!) }),
  pullback: (_, __, cotangent) => [cotangent, cotangent],
};

/** y = a b;  ā = b ȳ, b̄ = a ȳ. */
export const multiplyMath: LayerMath<LayerOf<"multiply">> = {
  primal: (_, [a, b]) => ({ dims: a!.dims, data: a!.data.map((value, i) => value * b!.data[i]!) }),
  pullback: (_, [a, b], cotangent) => [cotangent.map((dy, i) => dy * b!.data[i]!), cotangent.map((dy, i) => dy * a!.data[i]!)],
};

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
