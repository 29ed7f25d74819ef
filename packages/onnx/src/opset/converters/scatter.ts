import type { OpsetConverter } from "../converter.ts";

/** Scatter was renamed. */
export const scatterConverter: OpsetConverter = { ops: ["Scatter"], below: 18, convert: (node) => node.rewrite({ op: "ScatterElements" }) };
