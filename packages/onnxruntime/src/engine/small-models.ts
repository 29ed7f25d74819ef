import type { TypedGraph } from "@xdeep/autodiff";
import type { Dim, NodeProto } from "@xdeep/onnx";

/**
 * Multiply-adds of a row below which one thread is as fast as two: a forward run of less than half a millisecond, of which waking threads takes a
 * good part. Measured on fifteen networks of 32 × 32 pixels, two cores: 0.06 to 0.40 ms with one thread, 0.06 to 1.1 ms and twice the CPU time with two.
 */
const MOST_OF_ONE_THREAD = 4e6;

/** True where the graph's work for one row is known and so little that threads cost more than they save. */
export function isSmall(graph: TypedGraph): boolean {
  const dimsOf = dimsOfOneRow(graph);
  let work = 0;
  for (const node of graph.nodes) {
    work += workOf(node, dimsOf);
    if (work > MOST_OF_ONE_THREAD) return false;
  }
  return true;
}

/**
 * Elements of all values of one row from which on a row more in a run is felt: with 16 million, 64 MB of float32 and as much again in the backward pass, two rows of a
 * path took 1.5 to 1.6 times the memory of one gradient (DenseNet-121, EfficientNet-B0, ConvNeXt, Swin, ViT-B/16), and at best 5 % less CPU time than one at a time.
 */
const MOST_OF_TWO_ROWS = 2 ** 24;

/** True where a row's values are known to take so much memory that methods run one at a time. Values of open sizes count nothing. */
export function hasLargeRows(graph: TypedGraph): boolean {
  const dimsOf = dimsOfOneRow(graph);
  let elements = 0;
  for (const { output } of graph.nodes) for (const value of output) elements += product(dimsOf(value) ?? [0]);
  return elements > MOST_OF_TWO_ROWS;
}

/** Weights from which on their copies are felt: 64 MB. */
const LARGE_WEIGHTS = 2 ** 24;

/**
 * True where most weights are matrices that each meet one vector a row, as in the classifier of VGG. The engine keeps a copy of such a matrix for each direction, in a
 * form that pays where there are many vectors: of VGG-16's 0.5 GB of weights 0.8 GB more, and as much time for one row a run without them (four in one call of `forward`: 7 % more).
 */
export function hasLargeVectorProducts(graph: TypedGraph): boolean {
  const dimsOf = dimsOfOneRow(graph);
  const sizeOf = (name: string | undefined): number => product(dimsOf(name) ?? [0]);
  const constants = new Set(graph.graph.initializer.map(({ name }) => name));
  const products = graph.nodes.filter(({ opType, input }) => (opType === "Gemm" || opType === "MatMul") && isVector(dimsOf(input[0])));
  const ofProducts = products.filter(({ input }) => constants.has(input[1] ?? "")).reduce((sum, { input }) => sum + sizeOf(input[1]), 0);
  return ofProducts > LARGE_WEIGHTS && 2 * ofProducts > [...constants].reduce((sum, name) => sum + sizeOf(name), 0);
}

function isVector(dims: readonly number[] | null): boolean {
  return dims?.length === 2 && dims[0] === 1;
}

type DimsOf = (value: string | undefined) => readonly number[] | null;

function dimsOfOneRow({ graph, facts }: TypedGraph): DimsOf {
  const batches = new Set(graph.input.flatMap(({ name }) => facts.get(name)?.dims?.slice(0, 1) ?? []));
  return (value) => sizes(facts.get(value ?? "")?.dims ?? null, batches);
}

/** Multiply-adds of a node; infinite where its sizes are open, or decided while it runs. */
function workOf(node: NodeProto, dimsOf: DimsOf): number {
  if (node.attribute.some(({ g }) => g !== undefined)) return Infinity;
  const written = dimsOf(node.output.find((name) => name !== ""));
  if (written === null) return Infinity;
  return product(written) * perElement(node, dimsOf);
}

function perElement({ opType, input }: NodeProto, dimsOf: DimsOf): number {
  const [first, weights, more] = input.slice(0, 3).map(dimsOf);
  switch (opType) {
    case "Conv":
    case "ConvTranspose":
      // ConvTranspose adds as many for every element it reads, which are fewer than those it writes.
      return product(weights?.slice(1));
    case "Gemm":
    case "MatMul":
    case "Einsum":
      return Math.max(...(first ?? [Infinity]));
    case "LSTM":
    case "GRU":
    case "RNN":
      return product(weights?.slice(1)) + product(more?.slice(1));
    default:
      return 1;
  }
}

function product(dims: readonly number[] | null | undefined): number {
  return dims?.reduce((size, dim) => size * dim, 1) ?? Infinity;
}

/** Dims with the batch at 1; null where another is open. */
function sizes(dims: readonly Dim[] | null, batches: ReadonlySet<Dim>): readonly number[] | null {
  const known = dims?.map((dim) => (typeof dim === "number" ? dim : batches.has(dim) ? 1 : NaN));
  return known === undefined || known.some(Number.isNaN) ? null : known;
}
