import type { Dim, Facts } from "../../graphs/facts.ts";
import { broadcastDims } from "../broadcast.ts";
import { firstType } from "./elementwise.ts";
import { type InferenceRules, type NodeView, tensor } from "../rule.ts";

/** Einstein summation. */
export const einsumRules: InferenceRules = { Einsum: (node) => [einsum(node)] };

const ELLIPSIS = "...";

interface Term {
  readonly labels: readonly string[];
  /** Sizes of the axes that "..." stands for; null where the rank is unknown. */
  readonly batch: readonly Dim[] | null;
}

function einsum(node: NodeView): Facts {
  const [left = "", right] = node.attributes.string("equation", "").replaceAll(/\s/g, "").split("->");
  const parts = left.split(",");
  if (parts.length !== node.inputs.length) throw node.invalid(`its equation has ${parts.length} terms`);
  const sizes = new Map<string, Dim>();
  const terms = parts.map((part, index) => readTerm(node, labelsOf(part), node.dims(index), sizes));
  const batch = broadcastDims(terms.map((term) => term.batch));
  if (batch === "contradiction") throw node.invalid("the axes of its ellipses do not broadcast together");
  const output = right === undefined ? implicitOutput(terms) : labelsOf(right);
  if (output.includes(ELLIPSIS) && batch === null) return tensor(firstType(node), null);
  return tensor(
    firstType(node),
    output.flatMap((label) => (label === ELLIPSIS ? (batch ?? []) : [sizes.get(label) ?? null])),
  );
}

function labelsOf(part: string): readonly string[] {
  return part.match(/\.\.\.|[A-Za-z]/g) ?? [];
}

function readTerm(node: NodeView, labels: readonly string[], dims: readonly Dim[] | null, sizes: Map<string, Dim>): Term {
  const at = labels.indexOf(ELLIPSIS);
  if (dims === null) return { labels, batch: at < 0 ? [] : null };
  const hidden = at < 0 ? 0 : dims.length - (labels.length - 1);
  if (hidden < 0 || (at < 0 && labels.length !== dims.length)) throw node.invalid(`a term with ${labels.length} labels meets a tensor of rank ${dims.length}`);
  labels.forEach((label, index) => {
    if (label !== ELLIPSIS) noteSize(node, label, dims[at >= 0 && index > at ? index + hidden - 1 : index] ?? null, sizes);
  });
  return { labels, batch: at < 0 ? [] : dims.slice(at, at + hidden) };
}

/** A number comes before a symbol, and any other size before 1, which broadcasts. */
function noteSize(node: NodeView, label: string, size: Dim, sizes: Map<string, Dim>): void {
  const noted = sizes.get(label);
  if (typeof noted === "number" && typeof size === "number" && noted !== size && noted !== 1 && size !== 1) {
    throw node.invalid(`label "${label}" has sizes ${noted} and ${size}`);
  }
  if (noted === undefined || noted === 1) sizes.set(label, size);
  else if (typeof size === "number" && size !== 1) sizes.set(label, size);
  else if (size !== 1 && size !== noted && typeof noted !== "number") sizes.set(label, null);
}

/** Without "->": the ellipsis, then the labels that occur once, in order. */
function implicitOutput(terms: readonly Term[]): readonly string[] {
  const all = terms.flatMap(({ labels }) => labels);
  const once = all.filter((label) => label !== ELLIPSIS && all.indexOf(label) === all.lastIndexOf(label)).toSorted();
  return all.includes(ELLIPSIS) ? [ELLIPSIS, ...once] : once;
}
