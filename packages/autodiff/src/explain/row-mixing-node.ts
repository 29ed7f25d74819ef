import { Attributes, type Dim, type Facts, type NodeProto, inferGraph, numbersOf, operandsOf, substituteDim, axisFromFront } from "@xdeep/onnx";
import type { TypedGraph } from "../graph/typed-graph.ts";
import { activePath } from "../sweep/path/active-path.ts";
import { carriesGradient } from "../sweep/coverage.ts";
import { scanStates } from "../graph/subgraph-wiring.ts";
import { entryValues } from "./entry-values.ts";

/** The size of the batch where an input does not name it. */
const ROWS = "rows of the batch";

/**
 * The first node on the way from `wrt` to a value that makes the rows of a batch depend on each other: statistics over the batch, a product or a
 * softmax along it. Null where the dims show none. A batch axis that is moved, folded into another and taken out again is no such case.
 *
 * The batch is the leading axis of every input whose leading axis is open; files that fix it are not looked into.
 */
export function rowMixingNode(graph: TypedGraph, of: string, wrt: readonly string[] = entryValues(graph)): NodeProto | null {
  const batched = withNamedRows(graph);
  if (batched === null) return null;
  const path = activePath(graph, of, wrt, carriesGradient);
  return path.nodes.find((node) => mixesRows(batched, node, path.values)) ?? null;
}

interface BatchedGraph {
  readonly facts: ReadonlyMap<string, Facts>;
  /** Whether a size grows with the batch; null where it is not known what it depends on. */
  readonly grows: (dim: Dim) => boolean | null;
}

/** The facts of a graph whose inputs name their batch alike, or null where no input leaves it open. */
function withNamedRows({ model, graph, facts }: TypedGraph): BatchedGraph | null {
  const dims = new Map(graph.input.map(({ name }) => [name, facts.get(name)?.dims ?? []]));
  const leading = new Set([...dims.values()].flatMap(([first]) => (typeof first === "string" ? [first] : [])));
  if (leading.size === 0) return null;
  const [rows] = leading.size === 1 ? ([...leading] as [string]) : [ROWS];
  const renamed =
    leading.size === 1 ? null : Object.fromEntries([...dims].map(([name, own]) => [name, own.map((dim) => (leading.has(dim as string) ? ROWS : dim))]));
  const symbols = [...new Set([...dims.values()].flat())].filter((dim) => typeof dim === "string" && !leading.has(dim)) as string[];
  const sizes = (count: number): ReadonlyMap<string, number> => new Map([...symbols.map((symbol, i) => [symbol, 101 + i] as const), [rows, count]]);
  const [some, others] = [sizes(1009), sizes(2003)];
  return {
    facts: renamed === null ? facts : inferGraph(model, { inputDims: renamed }),
    grows(dim) {
      const [a, b] = [substituteDim(dim, some), substituteDim(dim, others)];
      return typeof a === "number" && typeof b === "number" ? a !== b : null;
    },
  };
}

function mixesRows({ facts, grows }: BatchedGraph, node: NodeProto, onPath: ReadonlySet<string>): boolean {
  const growing = (name: string): number => (facts.get(name)?.dims ?? []).filter((dim) => grows(dim) === true).length;
  const inputs = operandsOf(node).filter((name) => onPath.has(name) && growing(name) > 0);
  const outputs = node.output.filter((name) => onPath.has(name));
  if (inputs.length === 0) return false;
  const vanishes = outputs.every((name) => facts.get(name)?.dims?.every((dim) => grows(dim) === false) === true);
  const doubles = outputs.some((name) => growing(name) > 1) && inputs.every((name) => growing(name) < 2);
  return vanishes || doubles || inputs.some((name) => joinedAxes(node, name, facts).some((axis) => grows(facts.get(name)?.dims?.[axis] ?? 0) === true));
}

/** The axes of an input whose entries a node computes with together although they stay in its output. */
function joinedAxes(node: NodeProto, name: string, facts: BatchedGraph["facts"]): readonly number[] {
  const attributes = new Attributes(node);
  if (node.opType === "Scan") return scannedAxes(node, name, attributes);
  if (node.input[0] !== name) return [];
  const rank = facts.get(name)?.dims?.length ?? 0;
  const from = (first: number): readonly number[] => Array.from({ length: Math.max(0, rank - first) }, (_, i) => first + i);
  const positive = (axis: number): number => axisFromFront(axis, rank);
  switch (node.opType) {
    case "Softmax":
    case "LogSoftmax":
    case "LpNormalization":
      return [positive(attributes.int("axis", -1))];
    case "CumSum":
      return (numbersOf(facts.get(node.input[1] ?? "") ?? { type: null, dims: null }) ?? []).map(positive);
    case "LayerNormalization":
    case "RMSNormalization":
      return from(positive(attributes.int("axis", -1)));
    case "SkipLayerNormalization":
    case "SkipSimplifiedLayerNormalization":
      return [rank - 1];
    case "BatchNormalization":
      return attributes.int("training_mode", 0) === 1 ? [0, ...from(2)] : [];
    case "MeanVarianceNormalization":
      return attributes.ints("axes", [0, 2, 3]).map(positive);
    case "GroupNormalization":
      return from(1);
    case "LRN":
      return [1];
    case "Conv":
    case "ConvTranspose":
      return attributes.int("group", 1) === 1 ? from(1) : from(2);
    case "InstanceNormalization":
      return from(2);
    case "AveragePool":
    case "LpPool":
    case "MaxPool":
      return from(2).filter((axis) => !isOneWide(attributes, axis - 2));
    case "GRU":
    case "LSTM":
    case "RNN":
      return [attributes.int("layout", 0) === 0 ? 0 : 1];
    default:
      return [];
  }
}

/** A window of one entry that moves by one leaves an axis as it is: JAX pools over all axes of a value, those of rows and channels included. */
function isOneWide(attributes: Attributes, place: number): boolean {
  const pads = attributes.ints("pads", []);
  const padded = [pads[place], pads[place + pads.length / 2]].some((pad = 0) => pad !== 0);
  return attributes.ints("kernel_shape", [])[place] === 1 && (attributes.ints("strides", [])[place] ?? 1) === 1 && !padded;
}

/** A Scan goes along an axis with states that each step hands to the next. */
function scannedAxes(node: NodeProto, name: string, attributes: Attributes): readonly number[] {
  const states = scanStates(node);
  const place = node.input.indexOf(name) - states;
  return states > 0 && place >= 0 ? [attributes.ints("scan_input_axes", [])[place] ?? 0] : [];
}
