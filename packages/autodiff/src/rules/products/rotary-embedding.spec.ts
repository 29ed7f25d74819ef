import { type RuleSpec, ints } from "../../../test/rule-spec.ts";

const op = "RotaryEmbedding";
const cache = (...dims: number[]) => ({ dims, constant: true });
const positions = { ...ints([0, 1, 2, 2, 1, 0], [2, 3]), constant: false };

export const rows: readonly RuleSpec[] = [
  { name: "heads apart", op, opset: 23, inputs: [{ dims: [2, 2, 3, 4] }, cache(5, 2), cache(5, 2), positions] },
  {
    name: "heads side by side, interleaved",
    op,
    opset: 23,
    inputs: [{ dims: [2, 3, 8] }, cache(5, 2), cache(5, 2), positions],
    attributes: { num_heads: 2, interleaved: 1 },
  },
  {
    name: "part of each head, caches for each token",
    op,
    opset: 23,
    inputs: [{ dims: [2, 1, 3, 6] }, cache(2, 3, 2), cache(2, 3, 2)],
    attributes: { rotary_embedding_dim: 4 },
  },
  { name: "caches that get a gradient", op, opset: 23, inputs: [{ dims: [2, 2, 3, 4] }, { dims: [5, 2] }, { dims: [5, 2] }, positions] },
  {
    name: "caches for each token that get a gradient, interleaved, part of each head",
    op,
    opset: 23,
    inputs: [{ dims: [2, 3, 12] }, { dims: [2, 3, 2] }, { dims: [2, 3, 2] }],
    attributes: { num_heads: 2, interleaved: 1, rotary_embedding_dim: 4 },
  },
  { name: "positions second", op, domain: "com.microsoft", inputs: [{ dims: [2, 2, 3, 4] }, positions, cache(5, 2), cache(5, 2)] },
];
