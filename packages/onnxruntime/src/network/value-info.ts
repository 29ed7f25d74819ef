import { type Layout, type ValueInfo, XDeepError } from "@xdeep/core";
import { type BatchAxis, findBatchAxis } from "@xdeep/core/backend";
import { type TypedGraph, additiveMasks, finalActivation, leadsWithBatch } from "@xdeep/autodiff";
import { Attributes, type Facts } from "@xdeep/onnx";

/** The model's inputs as callers see them: the batch axis open, the layout guessed unless it is given. */
export function inputInfos(graph: TypedGraph, { shared }: BatchAxis, layouts: Readonly<Record<string, Layout>> = {}): readonly ValueInfo[] {
  const masks = new Set(additiveMasks(graph));
  const behind = batchBehind(graph, shared);
  return graph.graph.input.map(({ name }) => {
    const isShared = shared.has(name);
    const dims = withChannels(graph, name, callerDims(graph.facts.get(name), isShared ? -1 : 0));
    const info = { name, type: graph.facts.get(name)?.type ?? "float32", dims, layout: layouts[name] ?? guessLayout(dims) };
    return { ...info, ...(isShared ? { batched: false, ...behind(name) } : {}), ...(masks.has(name) ? { mask: true } : {}) };
  });
}

/**
 * The batch axis of the model's inputs.
 *
 * @param named inputs that the caller knows to have none
 * @throws {XDeepError} INPUT_UNKNOWN for a name that is no input
 */
export function batchAxis(graph: TypedGraph, named: readonly string[] = []): BatchAxis {
  const inputs = graph.graph.input.map(({ name }) => ({ name, dims: graph.facts.get(name)?.dims ?? [] }));
  const known = inputs.map(({ name }) => name);
  const unknown = named.find((name) => !known.includes(name));
  if (unknown === undefined) return findBatchAxis(inputs, named);
  throw new XDeepError("INPUT_UNKNOWN", `\`shared\` names "${unknown}", but the model's inputs are "${known.join('", "')}".`, {
    details: { unknown, expected: known },
  });
}

/** The outputs that are tensors: sequences and maps, as classifiers of scikit-learn have them, are left alone. */
export function outputInfos(graph: TypedGraph, { shared }: BatchAxis): readonly ValueInfo[] {
  const behind = batchBehind(graph, shared);
  return graph.graph.output
    .filter(({ name }) => graph.facts.get(name)?.container === undefined)
    .map(({ name }) => {
      const info = { ...valueInfo(graph, name), activation: finalActivation(graph, name)?.activation ?? null };
      return leadsWithBatch(graph, name, shared) === false ? { ...info, dims: callerDims(graph.facts.get(name), -1), batched: false, ...behind(name) } : info;
    });
}

/** The axis behind others that goes by the name of the batch, as N of a state [2, N, 128] beside an input [N, 512]; nothing where the file names none so. */
function batchBehind({ graph, facts }: TypedGraph, shared: ReadonlySet<string>): (name: string) => Pick<ValueInfo, "batchAxis"> {
  const batches = new Set(graph.input.filter(({ name }) => !shared.has(name)).map(({ name }) => facts.get(name)?.dims?.[0]));
  return (name) => {
    const axis = (facts.get(name)?.dims ?? []).findIndex((dim, place) => place > 0 && typeof dim === "string" && batches.has(dim));
    return axis < 0 ? {} : { batchAxis: axis };
  };
}

/** An inner value as callers see it. */
export function valueInfo(graph: TypedGraph, name: string): ValueInfo {
  return { name, type: graph.facts.get(name)?.type ?? "float32", dims: callerDims(graph.facts.get(name), 0), layout: null };
}

function callerDims(facts: Facts | undefined, batch: number): readonly (number | null)[] {
  return (facts?.dims ?? []).map((dim, axis) => (axis !== batch && typeof dim === "number" ? dim : null));
}

/** Exporters that leave every size open, as those of Hugging Face do, have the channels in the convolution that reads the pictures. */
function withChannels(graph: TypedGraph, input: string, dims: readonly (number | null)[]): readonly (number | null)[] {
  if (dims.length !== 4 || dims[1] !== null) return dims;
  const cast = graph.nodes.find(({ opType, input: [read] }) => opType === "Cast" && read === input)?.output[0];
  const convolution = graph.nodes.find(({ opType, input: [read] }) => opType === "Conv" && (read === input || (read !== undefined && read === cast)));
  const perGroup = convolution && graph.facts.get(convolution.input[1] ?? "")?.dims?.[1];
  return typeof perGroup === "number" ? dims.with(1, perGroup * new Attributes(convolution!).int("group", 1)) : dims;
}

const CHANNEL_COUNTS: readonly (number | null)[] = [1, 3, 4];

/** Images have few channels: they stand where 1, 3 or 4 stands. */
function guessLayout(dims: readonly (number | null)[]): Layout {
  if (dims.length !== 4) return null;
  if (CHANNEL_COUNTS.includes(dims[1] ?? null)) return "NCHW";
  return CHANNEL_COUNTS.includes(dims[3] ?? null) ? "NHWC" : null;
}
