import { leastElements } from "../infer/least-elements.ts";
import { DEFAULT_LIMITS, type ModelLimits, beyondLimit } from "../files/limits.ts";
import type { Facts } from "./facts.ts";

/** Nodes that a gradient may have for each node that its model may have. */
const NODES_PER_NODE = 4;

/** What a builder and those of its subgraphs have written so far. Each method throws MODEL_UNSUPPORTED beyond the limit, and names the scope. */
export class WrittenSoFar {
  readonly #limits: ModelLimits;
  #nodes = 0;
  #constantElements = 0;
  #valueElements = 0;

  constructor(limits: ModelLimits = DEFAULT_LIMITS) {
    this.#limits = limits;
  }

  addNodes(count: number, scope: string): void {
    this.#nodes += count;
    const most = NODES_PER_NODE * this.#limits.nodes;
    if (this.#nodes > most) throw beyondLimit("nodes", most, `${this.#nodes} nodes of a gradient and more`, scope);
  }

  addValue(facts: Facts, scope: string): void {
    this.#valueElements += leastElements(facts);
    const most = this.#limits.valueElements;
    if (this.#valueElements > most) throw beyondLimit("valueElements", most, `${this.#valueElements} elements of a gradient`, scope);
  }

  /** Asks for a constant of so many elements, before memory is taken for it. */
  allowConstant(elements: number, scope: string): void {
    const [all, most] = [this.#constantElements + elements, this.#limits.constantElements];
    if (all > most) throw beyondLimit("constantElements", most, `${all} elements of constants for a gradient`, scope);
  }

  addConstant(elements: number, scope: string): void {
    this.allowConstant(elements, scope);
    this.#constantElements += elements;
  }
}
