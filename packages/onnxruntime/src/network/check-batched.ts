import { XDeepError } from "@xdeep/core";
import { notBatched } from "@xdeep/core/backend";
import { type TypedGraph, leadsWithBatch, nodeLabel, rowMixingNode } from "@xdeep/autodiff";

/**
 * @param shared names of the inputs that have no batch axis
 * @throws {XDeepError} BATCH_INVALID where the file shows that the rows of an output do not lie along its leading axis
 */
export function checkBatched(graph: TypedGraph, output: string, rows: number, shared: ReadonlySet<string>): void {
  const dims = graph.facts.get(output)?.dims ?? [];
  const isOneRow = rows === 1 && (dims[0] ?? 1) === 1;
  if (!isOneRow && leadsWithBatch(graph, output, shared) === false) throw notBatched(output, dims, rows);
}

/**
 * @param wrt the values on whose way to the output rows are looked for that meet; left out: the model's first floats
 * @throws {XDeepError} BATCH_INVALID for several rows of a network that computes them together, so that none is what it would be alone
 */
export function checkRowsApart(graph: TypedGraph, output: string, rows: number, wrt?: readonly string[]): void {
  const mixing = rows > 1 ? knownRowMixing(graph, output, wrt) : null;
  if (mixing === null) return;
  throw new XDeepError(
    "BATCH_INVALID",
    `The network computes the rows of a batch together, in node "${mixing}", so that the score of a row in "${output}" depends on the others. Explain one row at a time.`,
    { details: { output, node: mixing, rows } },
  );
}

/** Far above the rounding of other kernels or orders of sums, far below what a mean over a batch does. */
const APART = 1e-3;

/**
 * @param beside the score of a row in a batch of others
 * @param alone its score in a batch of copies
 * @throws {XDeepError} BATCH_INVALID where they differ, so that the rows of the batch are computed together
 */
export function checkAlone(output: string, beside: number, alone: number): void {
  if (Math.abs(beside - alone) <= APART * Math.max(Math.abs(beside), Math.abs(alone), APART)) return;
  throw new XDeepError(
    "BATCH_INVALID",
    `The network, whose file fixes the batch, computes its rows together: the first row scores ${beside} in "${output}" beside the others and ${alone} alone. Explain one row at a time, with \`preferredBatch: 1\` for methods.`,
    { details: { output, beside, alone } },
  );
}

const found = new WeakMap<TypedGraph, Map<string, string | null>>();

/** The node that makes rows of an output depend on each other, or null; looked for once. */
export function knownRowMixing(graph: TypedGraph, output: string, wrt?: readonly string[]): string | null {
  const known = found.get(graph) ?? new Map<string, string | null>();
  found.set(graph, known);
  const key = JSON.stringify([output, wrt ?? null]);
  if (!known.has(key)) {
    const node = rowMixingNode(graph, output, wrt);
    known.set(key, node === null ? null : nodeLabel(node));
  }
  return known.get(key) ?? null;
}
