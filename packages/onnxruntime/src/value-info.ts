import type { Layout, ValueInfo } from "@xdeep/core";
import type { TypedGraph } from "@xdeep/autodiff";
import type { Facts } from "@xdeep/onnx";

/** The model's inputs as callers see them: the batch axis open, the layout guessed unless it is given. */
export function inputInfos(graph: TypedGraph, layouts: Readonly<Record<string, Layout>> = {}): readonly ValueInfo[] {
  return graph.graph.input.map(({ name }) => {
    const dims = callerDims(graph.facts.get(name));
    return { name, type: graph.facts.get(name)?.type ?? "float32", dims, layout: layouts[name] ?? guessLayout(dims) };
  });
}

/** The outputs that are tensors: sequences and maps, as classifiers of scikit-learn have them, are left alone. */
export function outputInfos(graph: TypedGraph): readonly ValueInfo[] {
  return graph.graph.output.filter(({ name }) => graph.facts.get(name)?.container === undefined).map(({ name }) => valueInfo(graph, name));
}

/** An inner value as callers see it. */
export function valueInfo(graph: TypedGraph, name: string): ValueInfo {
  return { name, type: graph.facts.get(name)?.type ?? "float32", dims: callerDims(graph.facts.get(name)), layout: null };
}

/** The batch size that the file fixes, or null where any goes. */
export function fixedBatch(graph: TypedGraph): number | null {
  const leading = graph.graph.input.map(({ name }) => graph.facts.get(name)?.dims?.[0]);
  const fixed = leading.filter((dim) => typeof dim === "number");
  return fixed.length === 0 ? null : (fixed[0] as number);
}

function callerDims(facts: Facts | undefined): readonly (number | null)[] {
  return (facts?.dims ?? []).map((dim, axis) => (axis > 0 && typeof dim === "number" ? dim : null));
}

const CHANNEL_COUNTS: readonly (number | null)[] = [1, 3, 4];

/** Images have few channels: they stand where 1, 3 or 4 stands. */
function guessLayout(dims: readonly (number | null)[]): Layout {
  if (dims.length !== 4) return null;
  if (CHANNEL_COUNTS.includes(dims[1] ?? null)) return "NCHW";
  return CHANNEL_COUNTS.includes(dims[3] ?? null) ? "NHWC" : null;
}
