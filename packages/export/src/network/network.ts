import { type TypedGraph, cutAt, valueOf } from "@xdeep/autodiff";
import type { GraphBuilder } from "@xdeep/onnx";

import { type Feeds, type GradientForms, NetworkCopy } from "./network-copy.ts";

export type { Feeds } from "./network-copy.ts";

/**
 * The network inside the file that is written: once at the input, where it keeps its names, and once more for every set of points at which a method
 * needs it. Copies share their weights.
 */
export class Network {
  readonly graph: TypedGraph;
  readonly #g: GraphBuilder;
  readonly #forms: GradientForms;
  readonly #copies = new Map<string, NetworkCopy>();
  /** In front of the names of its copies: "" outside of Scans. */
  readonly #scope: string;

  /** What feeds the network at the input of the file: its own inputs, or what was made of others. */
  readonly inputs: Feeds;

  /** @param made inputs that the file makes of others, by name */
  constructor(graph: TypedGraph, g: GraphBuilder, forms: GradientForms, made: Feeds = new Map(), scope = "") {
    this.inputs = new Map(graph.graph.input.map(({ name }) => [name, made.get(name) ?? valueOf(graph, name)]));
    this.graph = graph;
    this.#scope = scope;
    this.#g = g;
    this.#forms = forms;
  }

  /** The same network, whose copies are written into the body of a Scan. */
  within(body: GraphBuilder): Network {
    return new Network(this.graph, body, this.#forms, this.inputs, `${body.freshName("scan")}/`);
  }

  /** The copy that is fed so: the same one for the same feeds. */
  at(feeds: Feeds): NetworkCopy {
    const key = JSON.stringify([...feeds].map(([name, value]) => [name, value.name]).toSorted());
    const known = this.#copies.get(key);
    if (known !== undefined) return known;
    const cuts = [...feeds.keys()].filter((name) => !this.graph.graph.input.some((input) => input.name === name));
    const isOriginal = this.#scope === "" && cuts.length === 0 && [...feeds].every(([name, value]) => value.name === this.inputs.get(name)?.name);
    const prefix = isOriginal ? "" : `${this.#scope}copy_${[...this.#copies.values()].filter((copy) => !copy.isOriginal).length + 1}/`;
    const copy = new NetworkCopy({
      graph: cuts.length === 0 ? this.graph : cutAt(this.graph, cuts, this.#reachable(cuts)),
      feeds,
      prefix,
      g: this.#g,
      ...this.#forms,
    });
    this.#copies.set(key, copy);
    return copy;
  }

  /** Writes what was asked of the copies and is not written yet. */
  finish(): void {
    for (const copy of this.#copies.values()) copy.finish();
  }

  /** Every value that can still be computed where others are fed: any of them may be asked for. */
  #reachable(cuts: readonly string[]): readonly string[] {
    return [...this.graph.producers.keys()].filter((name) => !cuts.includes(name));
  }
}
