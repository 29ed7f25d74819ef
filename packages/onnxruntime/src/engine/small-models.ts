import type { TypedGraph } from "@xdeep/autodiff";
import type { Dim, NodeProto } from "@xdeep/onnx";

/**
 * Multiply-adds of a row below which one thread is as fast as two: a forward run of less than half a millisecond, of which waking threads takes a
 * good part. Measured on fifteen networks of 32 × 32 pixels, two cores: 0.06 to 0.40 ms with one thread, 0.06 to 1.1 ms and twice the CPU time with two.
 */
const MOST_OF_ONE_THREAD = 4e6;

/** True where the graph's work for one row is known and so little that threads cost more than they save. */
export function isSmall(graph: TypedGraph): boolean {
  const batches = new Set(graph.graph.input.flatMap(({ name }) => graph.facts.get(name)?.dims?.slice(0, 1) ?? []));
  const dimsOf = (value: string | undefined): readonly number[] | null => sizes(graph.facts.get(value ?? "")?.dims ?? null, batches);
  let work = 0;
  for (const node of graph.nodes) {
    work += workOf(node, dimsOf);
    if (work > MOST_OF_ONE_THREAD) return false;
  }
  return true;
}

type DimsOf = (value: string | undefined) => readonly number[] | null;

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
