import { type Tensor, XDeepError, isXDeepError } from "@xdeep/core";
import { type TypedGraph, cutAt } from "@xdeep/autodiff";
import { type Dim, type FactsByName, type GraphProto, type NodeProto, factsWithin, inferAttributeGraph, inferGraph } from "@xdeep/onnx";

/**
 * Operators whose kernels, or those of their gradients, end the whole process where a tensor has no element: ONNX Runtime 1.30 divides by a size, or
 * asserts that there is one.
 */
const FATAL: ReadonlySet<string> = new Set([
  "AveragePool",
  "Conv",
  "ConvInteger",
  "ConvTranspose",
  "DFT",
  "DeformConv",
  "GRU",
  "GroupNormalization",
  "InstanceNormalization",
  "LSTM",
  "LpPool",
  "MaxRoiPool",
  "QLinearConv",
  "RNN",
  "RoiAlign",
  "STFT",
  "TopK",
  "Unique",
]);

/** Shapes that are remembered to be sound. */
const MOST_KNOWN = 256;

type Feeds = Readonly<Record<string, Tensor>>;

/** Keeps tensors without elements from operators that they would end the process in. */
export class EmptyValues {
  readonly #graph: TypedGraph;
  /** False where the file says that no such tensor can occur. */
  readonly #isOpen: boolean;
  readonly #known = new Set<string>();

  /** @throws {XDeepError} MODEL_UNSUPPORTED where the file says that such a tensor occurs */
  constructor(graph: TypedGraph) {
    this.#graph = graph;
    const batches = new Set(graph.graph.input.flatMap(({ name }) => graph.facts.get(name)?.dims?.slice(0, 1) ?? []));
    let isOpen = false;
    for (const { node, value, dims } of fatalValues(graph.graph, graph.facts, graph.opset)) {
      if (dims?.includes(0) === true) throw emptyValue("MODEL_UNSUPPORTED", node, value, dims);
      isOpen ||= dims?.every((dim) => typeof dim === "number" || batches.has(dim)) !== true;
    }
    this.#isOpen = isOpen;
  }

  /**
   * Infers the dims of this call's values, once for every new shape of its feeds.
   *
   * @throws {XDeepError} INPUT_SHAPE where a tensor without elements would reach such an operator
   */
  check(feeds: Feeds, fed: readonly string[]): void {
    if (!this.#isOpen) return;
    const key = JSON.stringify(Object.entries(feeds).map(([name, { dims }]) => [name, dims]));
    if (this.#known.has(key)) return;
    const { graph, model, opset } = cutAt(this.#graph, fed);
    const facts = inferredFor(model, feeds);
    for (const { node, value, dims } of facts === null ? [] : fatalValues(graph, facts, opset)) {
      if (dims?.includes(0) === true) throw emptyValue("INPUT_SHAPE", node, value, dims);
    }
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.add(key);
  }
}

/** Null where the dims of the feeds contradict the graph, which the engine then says. */
function inferredFor(model: TypedGraph["model"], feeds: Feeds): FactsByName | null {
  try {
    return inferGraph(model, { inputDims: Object.fromEntries(Object.entries(feeds).map(([name, { dims }]) => [name, dims])) });
  } catch (error) {
    if (isXDeepError(error, "MODEL_INVALID")) return null;
    throw error;
  }
}

interface FatalValue {
  readonly node: NodeProto;
  readonly value: string;
  readonly dims: readonly Dim[] | null;
}

/** What goes into and comes out of such operators, in subgraphs too. */
function* fatalValues(graph: GraphProto, facts: FactsByName, opset: number): Generator<FatalValue> {
  for (const node of graph.node) {
    if (FATAL.has(node.opType)) {
      for (const value of node.input) if (value !== "") yield { node, value, dims: facts.get(value)?.dims ?? null };
      for (const value of node.output) if (value !== "") yield { node, value, dims: resultDims(node, value, facts) };
    }
    for (const { name, g } of node.attribute) {
      const inner = g === undefined ? null : inferAttributeGraph(node, name, facts, { opset });
      if (inner !== null) yield* fatalValues(inner.graph, factsWithin(inner.facts, facts), opset);
    }
  }
}

/** A window larger than its input has no place, or one that the kernels of its gradient do not know: the one size of a pool that stays open where its input's is known. */
function resultDims({ opType, input }: NodeProto, result: string, facts: FactsByName): readonly Dim[] | null {
  const dims = facts.get(result)?.dims ?? null;
  const from = facts.get(input[0] ?? "")?.dims ?? [];
  if (dims === null || (opType !== "AveragePool" && opType !== "LpPool")) return dims;
  return dims.map((dim, axis) => (typeof from[axis] === "number" && typeof dim !== "number" ? 0 : dim));
}

function emptyValue(code: "INPUT_SHAPE" | "MODEL_UNSUPPORTED", node: NodeProto, value: string, dims: readonly Dim[]): XDeepError {
  const todo = code === "INPUT_SHAPE" ? "Give a larger input." : "Export the model with sizes of at least 1.";
  return new XDeepError(
    code,
    `"${value}" at ${node.opType} "${node.name || (node.output[0] ?? "")}" has dims [${dims.map((dim) => dim ?? "any").join(", ")}], no element, which ONNX Runtime does not survive. ${todo}`,
    { details: { op: node.opType, node: node.name, value, dims } },
  );
}
