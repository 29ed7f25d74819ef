import { XDeepError } from "@xdeep/core";
import { type TypedGraph, leadsWithBatch } from "@xdeep/autodiff";
import { notBatched } from "@xdeep/core/backend";
import type { NodeProto } from "@xdeep/onnx";

/** What is known of the batch before anything runs. */
export interface BatchFacts {
  /** Inputs that have no batch axis. */
  readonly shared: ReadonlySet<string>;
  /** A node on the way that mixes rows, such as a mean over the batch; null where each row is explained as it is alone. */
  readonly mixing: NodeProto | null;
}

/** @throws {XDeepError} BATCH_INVALID where the file shows that the rows of an output do not lie along its leading axis, or depend on each other */
export function checkBatched(graph: TypedGraph, output: string, rows: number, { shared, mixing }: BatchFacts): void {
  if (rows > 1 && mixing !== null) {
    throw new XDeepError(
      "BATCH_INVALID",
      `${mixing.opType} node "${mixing.name}" mixes the rows of a batch, so row n of ${rows} would not be explained as it is alone. Explain one row at a time.`,
      { details: { node: mixing.name, op: mixing.opType, rows } },
    );
  }
  const dims = graph.facts.get(output)?.dims ?? [];
  const isOneRow = rows === 1 && (dims[0] ?? 1) === 1;
  if (!isOneRow && leadsWithBatch(graph, output, shared) === false) throw notBatched(output, dims);
}
