import { sizeOf, sliceRows } from "@xdeep/core";
import { type InnerValues, isFloatType, toFloat64 } from "@xdeep/core/backend";
import type { RectifierRule, Tensor, ValueInfo } from "@xdeep/core";

import type { Layer } from "./layer.ts";

/** Runs layers forward and backward on one row. Depth 0 is the vector of all inputs, depth k the result of layer k − 1. */
export class Trace {
  readonly #inputs: readonly ValueInfo[];
  readonly #layers: readonly Layer[];
  readonly #names: readonly string[];
  readonly innerValues: InnerValues;

  constructor(inputs: readonly ValueInfo[], layers: readonly Layer[]) {
    this.#inputs = inputs;
    this.#layers = layers;
    const names = layers.map((_, index) => `layer${index}`);
    this.#names = names;
    const infoOf = (name: string): ValueInfo => ({ name, type: "float32", dims: [null, this.sizeOf(name)], layout: null });
    this.innerValues = { get: (name) => (names.includes(name) ? infoOf(name) : undefined), names: () => names };
  }

  depthOf(name: string): number | undefined {
    const index = this.#names.indexOf(name);
    return index < 0 ? undefined : index + 1;
  }

  /** Elements per row of an input or an inner value. */
  sizeOf(name: string): number {
    const depth = this.depthOf(name);
    return depth === undefined ? sampleSize(this.#inputs.find((info) => info.name === name)!) : this.#zeros()[depth]!.length;
  }

  outputSize(): number {
    return this.#zeros().at(-1)!.length;
  }

  /** Every depth's vector, from the inputs or, where an inner value is fed, from that. */
  run(feeds: Readonly<Record<string, Tensor>>, row: number): readonly Float64Array[] {
    const vectors: Float64Array[] = [joined(this.#inputs.map(({ name }) => numbersOf(feeds[name]!, row)))];
    this.#layers.forEach((layer, index) => {
      const fed = feeds[`layer${index}`];
      vectors.push(fed === undefined ? layer.primal(vectors[index]!) : numbersOf(fed, row));
    });
    return vectors;
  }

  /** The cotangent at every depth, from the one at depth `last` down. */
  cotangents(vectors: readonly Float64Array[], last: number, start: Float64Array, rule: RectifierRule): readonly Float64Array[] {
    const cotangents: Float64Array[] = [];
    cotangents[last] = start;
    for (let depth = last - 1; depth >= 0; depth--) cotangents[depth] = this.#layers[depth]!.pullback(vectors[depth]!, cotangents[depth + 1]!, rule);
    return cotangents;
  }

  /** The part of the cotangents that belongs to one value. */
  gradient(name: string, cotangents: readonly Float64Array[]): Float64Array {
    const depth = this.depthOf(name);
    if (depth !== undefined) return cotangents[depth]!;
    const index = this.#inputs.findIndex((info) => info.name === name);
    const start = this.#inputs.slice(0, index).reduce((sum, info) => sum + sampleSize(info), 0);
    return cotangents[0]!.slice(start, start + sampleSize(this.#inputs[index]!));
  }

  #zeros(): readonly Float64Array[] {
    const vectors: Float64Array[] = [new Float64Array(this.#inputs.reduce((sum, info) => sum + sampleSize(info), 0))];
    for (const layer of this.#layers) vectors.push(layer.primal(vectors.at(-1)!));
    return vectors;
  }
}

/** Vectors one after the other. */
export function joined(vectors: readonly Float64Array[]): Float64Array {
  const result = new Float64Array(vectors.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const vector of vectors) {
    result.set(vector, at);
    at += vector.length;
  }
  return result;
}

function sampleSize({ dims }: ValueInfo): number {
  return sizeOf(dims.slice(1) as number[]);
}

function numbersOf(tensor: Tensor, row: number): Float64Array {
  const sample = sliceRows(tensor, row, row + 1);
  return isFloatType(sample.type) ? toFloat64(sample) : Float64Array.from(sample.data as Int32Array);
}
