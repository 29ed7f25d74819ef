import type { RuleSpec } from "../../../test/rule-spec.ts";

const einsum = (equation: string, ...dims: readonly (readonly number[])[]): RuleSpec => ({
  name: equation,
  op: "Einsum",
  inputs: dims.map((own) => ({ dims: own })),
  attributes: { equation },
});

export const rows: readonly RuleSpec[] = [
  { ...einsum("ij,jk->ik", [2, 3], [3, 4]), name: "at the newest opset", opset: 28, engine: false },
  einsum("ij,jk->ik", [2, 3], [3, 4]),
  einsum("bij,bjk->bik", [2, 2, 3], [2, 3, 2]),
  einsum("bhqd,bhkd->bhqk", [1, 2, 3, 2], [1, 2, 4, 2]),
  einsum("i,j->ij", [2], [3]),
  einsum("ij->ji", [2, 3]),
  einsum("ij->i", [2, 3]),
  einsum("ij->", [2, 3]),
  einsum("ii->i", [3, 3]),
  einsum("ii->", [3, 3]),
  einsum("iji->j", [2, 3, 2]),
  einsum("ij,jk", [2, 3], [3, 2]),
  einsum("ba", [2, 3]),
  einsum("ij,jk,kl->il", [2, 3], [3, 2], [2, 2]),
  einsum("...ij,...jk->...ik", [2, 2, 3], [2, 3, 2]),
  einsum("i...,...i->...", [2, 3, 2], [3, 2, 2]),
  einsum("ij, kj -> ik", [2, 3], [2, 3]),
  einsum("ab,cd->ac", [2, 3], [2, 2]),
  { ...einsum("...ij,...jk->...ik", [2, 1, 2, 3], [4, 3, 2]), name: "an ellipsis that broadcasts", engine: false },
  { ...einsum("i...,i...->i...", [2, 3, 4], [2, 4]), name: "an inner ellipsis that broadcasts", engine: false },
  { ...einsum("ij,ij->i", [2, 3], [2, 1]), name: "ij,ij->i with an axis of size 1", engine: false },
];
