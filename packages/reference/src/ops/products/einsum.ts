import { sizeOf } from "@xdeep/core";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { rowMajorStrides, stridedOffsets } from "../../arrays/strides.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

/** Sums of products over the labels that the output does not have. */
function einsum(call: OperatorCall): readonly Value64[] {
  const values = call.everyInput();
  const { terms, output } = labelled(call.attributes.string("equation", ""), values);
  const sizes = labelSizes(terms, values);
  const summed = [...sizes.keys()].filter((label) => !output.includes(label));
  const offsetsOf = (labels: readonly string[]): Int32Array[] =>
    values.map((value, i) =>
      stridedOffsets(
        labels.map((label) => sizes.get(label)!),
        labels.map((label) => labelStride(label, terms[i]!, value)),
      ),
    );
  const [kept, within] = [offsetsOf(output), offsetsOf(summed)];
  const dims = output.map((label) => sizes.get(label)!);
  const y = value64(values[0]!.type, dims);
  const count = sizeOf(summed.map((label) => sizes.get(label)!));
  for (let o = 0; o < y.data.length; o++) {
    for (let s = 0; s < count; s++) {
      let product = 1;
      for (let i = 0; i < values.length; i++) product *= values[i]!.data[kept[i]![o]! + within[i]![s]!]!;
      y.data[o]! += product;
    }
  }
  return [y];
}

/** The labels of every axis. The axes of an ellipsis are labelled by their distance from its right end: "...0" is the last. */
function labelled(equation: string, values: readonly Value64[]): { terms: string[][]; output: string[] } {
  const [left, right] = equation.replaceAll(" ", "").split("->") as [string, string?];
  const terms = left.split(",").map((term, i) => {
    const letters = term.replace("...", "").length;
    return withEllipsis(term, values[i]!.dims.length - letters);
  });
  const widest = Math.max(0, ...terms.map((term) => term.filter((label) => label.startsWith("...")).length));
  return { terms, output: right === undefined ? implicitOutput(left, widest) : withEllipsis(right, widest) };
}

function withEllipsis(term: string, count: number): string[] {
  const [before, after] = term.split("...") as [string, string?];
  if (after === undefined) return [...term];
  return [...before, ...Array.from({ length: count }, (_, i) => `...${count - 1 - i}`), ...after];
}

/** Without an arrow: the ellipsis, then every letter that appears once, in alphabetical order. */
function implicitOutput(left: string, widest: number): string[] {
  const letters = [...left.replaceAll(/[.,]/g, "")];
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter)).sort();
  return withEllipsis(`...${once.join("")}`, widest);
}

function labelSizes(terms: readonly (readonly string[])[], values: readonly Value64[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const [i, term] of terms.entries()) {
    for (const [axis, label] of term.entries()) {
      const dim = values[i]!.dims[axis]!;
      if (!sizes.has(label) || sizes.get(label) === 1) sizes.set(label, dim);
    }
  }
  return sizes;
}

/** How far one step along a label moves in an operand: the sum over its axes of that label, none for axes of size 1. */
function labelStride(label: string, term: readonly string[], value: Value64): number {
  const strides = rowMajorStrides(value.dims);
  return term.reduce((sum, own, axis) => sum + (own === label && value.dims[axis] !== 1 ? strides[axis]! : 0), 0);
}

/** Einstein summation. */
export const einsumOperators: OperatorTable = { Einsum: einsum };
