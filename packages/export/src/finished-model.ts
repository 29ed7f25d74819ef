import { alignedConvolutions, typedGraph, withOutputs, type TypedGraph } from "@xdeep/autodiff";
import { type Dim, type Facts, type ModelProto, metadataProps, operandsOf, sortNodes, valueInfoProto, withFields } from "@xdeep/onnx";

import type { WrittenExplainer } from "./written-explainer.ts";
import { loweredOpset } from "./portable/lowered-opset.ts";
import { portableNames } from "./portable/portable-names.ts";

interface FinishOptions extends WrittenExplainer {
  /** The name of the batch size. */
  readonly symbol: string;
  readonly profile: "portable" | "server";
  readonly webgpu: boolean;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The file: what its outputs need, in order, with the sizes that are known and portable names. */
export function finishedModel(graph: TypedGraph, { g, inputs, replaced, outputs, symbol, profile, webgpu, metadata }: FinishOptions): ModelProto {
  const added = inputs.map(({ name, facts }) => valueInfoProto(name, facts.type ?? "int64", [symbol, ...(facts.dims ?? []).slice(1)]));
  const input = [...graph.graph.input.filter(({ name }) => name !== replaced), ...added];
  const whole = withFields(graph.model, {
    graph: withFields(graph.graph, {
      node: [...sortNodes(g.nodes)],
      initializer: [...graph.graph.initializer, ...g.initializers],
      input,
      output: outputs.map(({ name }) => valueInfoProto(name, "float32", null)),
      valueInfo: [],
    }),
  });
  const typed = typedGraph(whole, graph.limits);
  const needed = withOutputs(
    typed,
    outputs.map(({ name }) => name),
  ).graph!;
  const read = new Set([...needed.node.flatMap(operandsOf), ...outputs.map(({ name }) => name)]);
  const dimsOf = (facts: Facts): readonly Dim[] | null => facts.dims?.map((dim) => (typeof dim === "number" || dim === symbol ? dim : null)) ?? null;
  const declared = new Set([...input, ...needed.output].map(({ name }) => name));
  const made = needed.node.flatMap((node) => node.output).filter((name) => name !== "" && !declared.has(name));
  const finished = withFields(whole, {
    functions: [],
    metadataProps: metadataProps(metadata),
    graph: withFields(needed, {
      initializer: whole.graph!.initializer.filter(({ name }) => read.has(name)),
      output: outputs.map(({ name, value }) => {
        const facts = typed.facts.get(name) ?? value.facts;
        return valueInfoProto(name, facts.type ?? "float32", outputDims(dimsOf(facts) ?? value.facts.dims ?? null, value, symbol));
      }),
      valueInfo: made.flatMap((name) => {
        const facts = typed.facts.get(name);
        const dims = facts === undefined || facts.container !== undefined || facts.type === null ? null : dimsOf(facts);
        return dims === null ? [] : [valueInfoProto(name, facts!.type!, dims)];
      }),
    }),
  });
  const suited = webgpu ? alignedConvolutions(finished) : finished;
  return portableNames(profile === "portable" ? loweredOpset(suited) : suited, new Set(graph.facts.keys()));
}

/** An output has a row for each of the input, also where the arithmetic of its sizes, as 8 N / 8, did not show it. */
function outputDims(dims: readonly Dim[] | null, { facts }: { readonly facts: Facts }, symbol: string): readonly Dim[] | null {
  if (dims === null) return null;
  return dims.map((dim, axis) => {
    if (dim !== null) return dim;
    if (axis === 0) return symbol;
    const known = facts.dims?.[axis];
    return typeof known === "number" ? known : null;
  });
}
