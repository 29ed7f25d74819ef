import { type Value, dataTypeCode, rankOf } from "@xdeep/onnx";
import { type EinsumLabels, einsumLabels, unusedLetters } from "../../formulas/einsum-labels.ts";
import { joinInts } from "../../formulas/int-list.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";

/**
 * Einsum: y = Σ Πᵢ xᵢ over the labels that the result does not have;  x̄ᵢ = Σ ȳ Πⱼ xⱼ over j ≠ i, labelled like xᵢ.
 *
 * A label that xᵢ has twice selects a diagonal: its cotangent is put there by an identity matrix. A label that xᵢ alone has is repeated.
 */
export const einsumRule: GradientRule = {
  op: "Einsum",
  since: [12, 28],
  broadcasts: true,
  pullback: function einsumPullback(context) {
    const { attributes, input, inputCount, wants } = context;
    const operands = Array.from({ length: inputCount }, (_, i) => input(i));
    const labels = einsumLabels(attributes.string("equation", ""), operands.map(rankOf));
    return operands.map((_, i) => (wants(i) ? operandCotangent(context, labels, operands, i) : null));
  },
};

function operandCotangent({ g, cotangent }: PullbackContext, { terms, output }: EinsumLabels, operands: readonly Value[], i: number): Value {
  const [x, term] = [operands[i] as Value, terms[i] as string];
  const diagonals = repeatedLabels(term, terms.join(""));
  const others = operands.flatMap((value, j) => (j === i ? [] : [{ value, term: terms[j] as string }]));
  const identities = diagonals.map(({ label, fresh, axis }) => ({ value: identity(x, axis), term: label + fresh }));
  const factors = [{ value: cotangent(0), term: output }, ...others, ...identities];
  const wanted = [...term].map((label, axis) => diagonals.find((diagonal) => diagonal.axis === axis)?.fresh ?? label);
  const known = factors.map((factor) => factor.term).join("");
  const alone = wanted.flatMap((label, axis) => (known.includes(label) ? [] : [axis]));
  const equation = `${factors.map((factor) => factor.term).join(",")}->${wanted.filter((label) => known.includes(label)).join("")}`;
  const product = g.unsqueeze(
    g.op(
      "Einsum",
      factors.map((factor) => factor.value),
      { equation },
    ),
    alone,
  );
  return sameDims(product, x) ? product : g.expandLike(product, x);

  function identity(like: Value, axis: number): Value {
    const size = g.dimOf(like, axis);
    return g.op("EyeLike", [g.op("ConstantOfShape", [joinInts(g, [size, size])])], { dtype: dataTypeCode(like.facts.type ?? "float32") });
  }
}

/** Every axis whose label stood before in the term, with a letter that no term uses. */
function repeatedLabels(term: string, used: string): readonly { readonly label: string; readonly fresh: string; readonly axis: number }[] {
  const free = unusedLetters(used);
  const repeats = [...term].flatMap((label, axis) => (term.indexOf(label) < axis ? [{ label, axis }] : []));
  return repeats.map((repeat, i) => ({ ...repeat, fresh: free[i] as string }));
}

function sameDims(a: Value, b: Value): boolean {
  const [from, to] = [a.facts.dims, b.facts.dims];
  return from !== null && to !== null && from.every((dim, axis) => dim !== null && dim === to[axis]);
}
