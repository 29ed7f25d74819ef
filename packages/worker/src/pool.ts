import {
  type ForwardRequest,
  type ForwardResult,
  type Model,
  type Target,
  type TargetGradients,
  type TargetOption,
  type VjpRequest,
  type VjpResult,
} from "@xdeep/core";
import {
  type PartOf,
  type RowRange,
  delegateTo,
  demandCount,
  innerFeeds,
  isFloatType,
  joinGradients,
  joinRecords,
  joinReferenceScores,
  joinScores,
  rowAxes,
  rowAxis,
  sliceFeeds,
  splitRows,
  takeRows,
  rowsOfFeeds,
} from "@xdeep/core/backend";

import { type InWorkerOptions, type WorkerSource, inWorker } from "./in-worker.ts";

/**
 * Several threads with the same model as one `Model`: the rows of a call are spread over them, and calls that come one by one go to whichever
 * thread has least to do. Row n is row n alone, as with one thread.
 *
 * @param source a function, or `{ worker }`: each thread is a new one
 * @throws {XDeepError} OPTION_INVALID for a size below 1; whatever loading throws
 */
export async function pool(source: Exclude<WorkerSource, { postMessage: unknown }>, size: number, options: InWorkerOptions = {}): Promise<Model> {
  demandCount("pool", "size", size);
  const started = await Promise.allSettled(Array.from({ length: size }, () => inWorker(source, options)));
  const models = started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = started.find((each) => each.status === "rejected");
  if (failed === undefined) return poolOf(models as [Model]);
  await Promise.all(models.map((model) => model.dispose()));
  throw failed.reason;
}

interface Member {
  readonly model: Model;
  /** Rows that it is running. */
  load: number;
}

function poolOf(models: readonly [Model, ...Model[]]): Model {
  const [first] = models;
  const { maxBatch, preferredBatch } = first.capabilities;
  const members: readonly Member[] = models.map((model) => ({ model, load: 0 }));

  async function spread<Q extends ForwardRequest | VjpRequest, R>(request: Q, run: (model: Model, part: Q) => Promise<R>): Promise<readonly PartOf<R>[]> {
    request.signal?.throwIfAborted();
    const rows = rowsOf(request, first);
    const ranges = rows === null ? [{ start: 0, end: 1 }] : splitRows(rows, Math.ceil(rows / members.length));
    return Promise.all(
      ranges.map(async (range) => {
        const member = members.toSorted((a, b) => a.load - b.load)[0]!;
        const count = range.end - range.start;
        member.load += count;
        try {
          return { rows: range, result: await run(member.model, ranges.length === 1 ? request : partOf(request, range, first)) };
        } finally {
          member.load -= count;
        }
      }),
    );
  }

  async function dispose(): Promise<void> {
    await Promise.all(models.map((model) => model.dispose()));
  }

  return {
    ...delegateTo(first),
    capabilities: { ...first.capabilities, maxBatch: maxBatch === null ? null : maxBatch * models.length, preferredBatch: preferredBatch * models.length },
    async forward(request) {
      const parts = await spread(request, (model, part) => model.forward(part));
      return { ...joinScores(resultsOf(parts)), outputs: joinOutputs(parts, first.outputs) };
    },
    async vjp(request) {
      const parts = await spread(request, (model, part) => model.vjp(part));
      const results = resultsOf(parts);
      const [{ rectifiers, perTarget }] = results as [VjpResult];
      const notes = [...new Set(results.flatMap((result) => result.notes ?? []))];
      const joined = (of: (result: VjpResult) => TargetGradients): TargetGradients => joinTarget(parts, of, first.inputs, request.weights !== undefined);
      return {
        ...joinScores(results),
        ...joinReferenceScores(results),
        outputs: joinOutputs(parts, first.outputs),
        ...joined((result) => result),
        ...(perTarget === undefined ? {} : { perTarget: perTarget.map((_, k) => joined((result) => result.perTarget![k]!)) }),
        rectifiers,
        ...(notes.length === 0 ? {} : { notes }),
      };
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

/** Rows of a request that can be spread; null for one that a single thread must see whole, to run it or to say what is wrong with it. */
function rowsOf(request: ForwardRequest | VjpRequest, model: Pick<Model, "inputs" | "outputs">): number | null {
  const { inputs } = model;
  const { feeds, target } = request;
  const { cotangent, weights, targets = [] } = request as VjpRequest;
  try {
    const rows = rowsOfFeeds(feeds, inputs, { innerValues: innerFeeds({ inputs }, feeds) });
    const axis = cotangentAxis(request, model);
    const fits =
      (cotangent === undefined || (axis !== null && cotangent.dims[axis] === rows)) &&
      (weights === undefined || weights.length === rows) &&
      [target, ...targets].every((each) => !Array.isArray(each) || each.length === rows);
    const beside = inputs.some((info) => rowAxis(info) === null && info.dims.includes(null));
    return fits && rows > 1 && !beside ? rows : null;
  } catch {
    return null;
  }
}

function partOf<Q extends ForwardRequest | VjpRequest>(request: Q, range: RowRange, model: Pick<Model, "inputs" | "outputs">): Q {
  const { inputs } = model;
  const { feeds, target, ...rest } = request;
  const { cotangent, weights, reference, targets } = request as VjpRequest;
  const ownTarget = (each: TargetOption): TargetOption => (Array.isArray(each) ? (each as readonly Target[]).slice(range.start, range.end) : each);
  return {
    ...rest,
    feeds: sliceFeeds(feeds, range, inputs),
    ...(target === undefined ? {} : { target: ownTarget(target) }),
    ...(targets === undefined ? {} : { targets: targets.map(ownTarget) }),
    ...(cotangent === undefined ? {} : { cotangent: takeRows(cotangent, range.start, range.end, cotangentAxis(request, model) ?? 0) }),
    ...(weights === undefined ? {} : { weights: weights.slice(range.start, range.end) }),
    ...(reference === undefined ? {} : { reference: sliceFeeds(reference, range, inputs) }),
  } as unknown as Q;
}

/** The axis of a cotangent that holds the rows: that of its output. */
function cotangentAxis({ output }: ForwardRequest, { outputs }: Pick<Model, "outputs">): number | null {
  return rowAxes(outputs)(output ?? outputs.find(({ type }) => isFloatType(type))?.name ?? "");
}

/** What the parts found of one target. */
function joinTarget(
  parts: readonly PartOf<VjpResult>[],
  of: (result: VjpResult) => TargetGradients,
  inputs: Model["inputs"],
  isSummed: boolean,
): TargetGradients {
  const found = parts.map(({ result }) => of(result));
  return {
    target: found.flatMap(({ target }) => target),
    scores: Float32Array.from(found.flatMap(({ scores }) => [...scores])),
    gradients: joinGradients(
      parts.map(({ rows, result }) => ({ rows, result: of(result).gradients })),
      inputs,
      isSummed,
    ),
  };
}

function joinOutputs(parts: readonly PartOf<ForwardResult>[], outputs: Model["outputs"]): ForwardResult["outputs"] {
  return joinRecords(
    parts.map(({ rows, result }) => ({ rows, result: result.outputs })),
    outputs,
  );
}

function resultsOf<R>(parts: readonly PartOf<R>[]): readonly R[] {
  return parts.map(({ result }) => result);
}
