import { type TypedGraph, leadsWithBatch } from "@xdeep/autodiff";
import { notBatched } from "@xdeep/core/backend";

/** @throws {XDeepError} BATCH_INVALID where the file shows that the rows of an output do not lie along its leading axis */
export function checkBatched(graph: TypedGraph, output: string, rows: number): void {
  const dims = graph.facts.get(output)?.dims ?? [];
  const isOneRow = rows === 1 && (dims[0] ?? 1) === 1;
  if (!isOneRow && leadsWithBatch(graph, output) === false) throw notBatched(output, dims);
}
