import type { LayerOf } from "../networks/layer.ts";
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

/** y = a b, or a bᵀ;  ā = ȳ bᵀ, b̄ = aᵀ ȳ, or ā = ȳ b, b̄ = ȳᵀ a. */
export const productMath: LayerMath<LayerOf<"product">> = {
  primal: ({ transposed }, [a, b]) => matrixProduct(a!, transposed ? turned(b!) : b!),
  pullback({ transposed }, [a, b], cotangent) {
    const dy: Value = { dims: [a!.dims[0]!, b!.dims[transposed ? 0 : 1]!], data: cotangent };
    if (transposed) return [matrixProduct(dy, b!).data, matrixProduct(turned(dy), a!).data];
    return [matrixProduct(dy, turned(b!)).data, matrixProduct(turned(a!), dy).data];
  },
};

function matrixProduct(a: Value, b: Value): Value {
  const [[rows, inner], columns] = [a.dims as readonly [number, number], b.dims[1]!];
  const entry = (i: number, j: number): number =>
    Array.from({ length: inner }, (_, k) => a.data[i * inner + k]! * b.data[k * columns + j]!).reduce((sum, value) => sum + value, 0);
  return { dims: [rows, columns], data: Float64Array.from({ length: rows * columns }, (_, at) => entry(Math.floor(at / columns), at % columns)) };
}

function turned({ dims, data }: Value): Value {
  const [rows, columns] = dims as readonly [number, number];
  return { dims: [columns, rows], data: data.map((_, at) => data[(at % rows) * columns + Math.floor(at / rows)]!) };
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
