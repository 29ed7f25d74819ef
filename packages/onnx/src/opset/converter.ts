import type { OldNode } from "./old-node.ts";

/** How the nodes of an operator (or a family) are written in a newer operator set. */
export interface OpsetConverter {
  readonly ops: readonly string[];
  /** The first operator set in which the operators mean what `convert` makes of them: nodes of older ones are converted. */
  readonly below: number;
  /** Appends nodes that compute the same outputs, or throws `node.refusal(…)`. */
  readonly convert: (node: OldNode) => void;
}
