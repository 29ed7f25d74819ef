import type { FloatTensor } from "@xdeep/core";
import type { ExplainerModel } from "@xdeep/autodiff";
import { type FinishedRun, joined } from "../engine/run-rows.ts";
import { asFloat32 } from "../engine/tensors.ts";
import { weightedRows, weightedTotal } from "./weighted-total.ts";

/** What to fetch from a gradient session, and how gradients follow from it: row by row, or summed with weights, on the device where it can. */
export class GradientResults {
  readonly #names: ExplainerModel["names"];
  readonly #wrt: readonly string[];
  readonly #weights: Float32Array | undefined;
  readonly #axisOf: (name: string) => number | null;

  constructor(names: ExplainerModel["names"], wrt: readonly string[], weights: Float32Array | undefined, axisOf: (name: string) => number | null) {
    this.#names = names;
    this.#wrt = wrt;
    this.#weights = weights;
    this.#axisOf = axisOf;
  }

  get fetches(): readonly string[] {
    return this.#wrt.map((name) => (this.#weights === undefined ? undefined : this.#names.sums[name]) ?? this.#names.gradients[name]!);
  }

  /** @throws {XDeepError} BATCH_INVALID for a value whose leading axis is not the batch, with weights or in several runs */
  of(runs: readonly FinishedRun[]): Readonly<Record<string, FloatTensor>> {
    return Object.fromEntries(this.#wrt.map((name) => [name, this.#one(runs, name)]));
  }

  #one(runs: readonly FinishedRun[], name: string): FloatTensor {
    const gradient = this.#names.gradients[name]!;
    if (this.#weights === undefined) return asFloat32(joined(runs, gradient, this.#axisOf(name)));
    const sum = this.#names.sums[name];
    return sum === undefined ? weightedRows(runs, gradient, this.#weights, this.#axisOf(name) ?? 0) : weightedTotal(runs, sum);
  }
}
