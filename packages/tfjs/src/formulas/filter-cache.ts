import { type Tensor, keep } from "@tensorflow/tfjs-core";

/**
 * Filters in the order that backward convolutions want them. A filter is known by its memory: a weight that was trained or replaced has new
 * memory and so a new entry, and entries that a whole pass did not use are freed.
 */
export class FilterCache {
  #used = new Map<object, Map<string, Tensor>>();
  #previous = new Map<object, Map<string, Tensor>>();

  /** The tensor made from `source` under `key`, made on first use. */
  get(source: Tensor, key: string, make: () => Tensor): Tensor {
    const entries = this.#entriesOf(source.dataId);
    const known = entries.get(key);
    if (known !== undefined) return known;
    const made = keep(make());
    entries.set(key, made);
    return made;
  }

  /** Frees what was not used since the last sweep. */
  sweep(): void {
    disposeAll(this.#previous);
    this.#previous = this.#used;
    this.#used = new Map();
  }

  dispose(): void {
    disposeAll(this.#previous);
    disposeAll(this.#used);
  }

  #entriesOf(dataId: object): Map<string, Tensor> {
    const entries = this.#used.get(dataId) ?? this.#previous.get(dataId) ?? new Map<string, Tensor>();
    this.#previous.delete(dataId);
    this.#used.set(dataId, entries);
    return entries;
  }
}

function disposeAll(entries: Map<object, Map<string, Tensor>>): void {
  for (const tensors of entries.values()) for (const tensor of tensors.values()) tensor.dispose();
  entries.clear();
}
