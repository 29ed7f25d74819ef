import {
  type ForwardRequest,
  type ForwardResult,
  type Model,
  type Target,
  type Tensor,
  type VjpRequest,
  type VjpResult,
  XDeepError,
  sliceRows,
} from "@xdeep/core";
import { type RowRange, joinRuns, sharedInputs, sliceFeeds, splitRows, sumTensors, validateFeeds } from "@xdeep/core/backend";

import { type InWorkerOptions, type WorkerSource, inWorker } from "./in-worker.ts";

/**
 * Several threads with the same model as one `Model`: the rows of a call are spread over them, and calls that come one by one go to whichever
 * thread has least to do. Row n is row n alone, as with one thread.
 *
 * @param source a function, or `{ worker }`: each thread is a new one
 * @throws {XDeepError} OPTION_INVALID for a size below 1; whatever loading throws
 */
export async function pool(source: Exclude<WorkerSource, { postMessage: unknown }>, size: number, options: InWorkerOptions = {}): Promise<Model> {
  if (!Number.isInteger(size) || size < 1)
    throw new XDeepError("OPTION_INVALID", `A pool has at least one thread, got ${String(size)}.`, { details: { option: "size", got: size } });
  const started = await Promise.allSettled(Array.from({ length: size }, () => inWorker(source, options)));
  const models = started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = started.find((each) => each.status === "rejected");
  if (failed === undefined) return new Pool(models);
  await Promise.all(models.map((model) => model.dispose()));
  throw failed.reason;
}

interface Member {
  readonly model: Model;
  /** Rows that it is running. */
  load: number;
}

class Pool implements Model {
  readonly #members: readonly Member[];
  readonly backend: string;
  readonly engine: string;
  readonly contractVersion: 1;
  readonly versions: Model["versions"];
  readonly inputs: Model["inputs"];
  readonly outputs: Model["outputs"];
  readonly capabilities: Model["capabilities"];
  readonly defaultWrt: Model["defaultWrt"];
  readonly layers?: NonNullable<Model["layers"]>;
  readonly attention?: NonNullable<Model["attention"]>;

  constructor(models: readonly Model[]) {
    const [{ backend, engine, contractVersion, versions, inputs, outputs, capabilities, defaultWrt }] = models as [Model];
    this.#members = models.map((model) => ({ model, load: 0 }));
    this.backend = backend;
    this.engine = engine;
    this.contractVersion = contractVersion;
    this.versions = versions;
    this.inputs = inputs;
    this.outputs = outputs;
    const { maxBatch, preferredBatch } = capabilities;
    this.capabilities = { ...capabilities, maxBatch: maxBatch === null ? null : maxBatch * models.length, preferredBatch: preferredBatch * models.length };
    this.defaultWrt = defaultWrt;
    const [first] = models as [Model];
    if (first.layers !== undefined) this.layers = (request) => first.layers!(request);
    if (first.attention !== undefined) this.attention = () => first.attention!();
  }

  async forward(request: ForwardRequest): Promise<ForwardResult> {
    request.signal?.throwIfAborted();
    const parts = await this.#spread(request, (model, part) => model.forward(part));
    return { ...parts[0]!.result, ...scoresOf(parts), outputs: joinAll(parts, ({ outputs }) => outputs) };
  }

  async vjp(request: VjpRequest): Promise<VjpResult> {
    request.signal?.throwIfAborted();
    const parts = await this.#spread(request, (model, part) => model.vjp(part));
    const gradients =
      request.weights === undefined
        ? joinAll(parts, (result) => result.gradients)
        : Object.fromEntries(Object.keys(parts[0]!.result.gradients).map((name) => [name, sumTensors(parts.map(({ result }) => result.gradients[name]!))]));
    const notes = [...new Set(parts.flatMap(({ result }) => result.notes ?? []))];
    return {
      ...parts[0]!.result,
      ...scoresOf(parts),
      outputs: joinAll(parts, ({ outputs }) => outputs),
      gradients: gradients as VjpResult["gradients"],
      ...(notes.length === 0 ? {} : { notes }),
    };
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#members.map(({ model }) => model.dispose()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #spread<Q extends ForwardRequest | VjpRequest, R>(request: Q, run: (model: Model, part: Q) => Promise<R>): Promise<readonly Part<R>[]> {
    const rows = rowsOf(request, this.inputs);
    const ranges = rows === null ? [{ start: 0, end: 1 }] : splitRows(rows, Math.ceil(rows / this.#members.length));
    return Promise.all(
      ranges.map(async (range) => {
        const member = this.#members.toSorted((a, b) => a.load - b.load)[0]!;
        const count = range.end - range.start;
        member.load += count;
        try {
          return { rows: range, result: await run(member.model, ranges.length === 1 ? request : partOf(request, range, this.inputs)) };
        } finally {
          member.load -= count;
        }
      }),
    );
  }
}

interface Part<R> {
  readonly rows: RowRange;
  readonly result: R;
}

/** Rows of a request that can be spread; null for one that a single thread must see whole, to run it or to say what is wrong with it. */
function rowsOf(request: ForwardRequest | VjpRequest, inputs: Model["inputs"]): number | null {
  const shared = sharedInputs(inputs);
  const { feeds, target } = request;
  const { cotangent, weights } = request as VjpRequest;
  try {
    const known = new Set(inputs.map(({ name }) => name));
    const innerValues = Object.entries(feeds)
      .filter(([name]) => !known.has(name))
      .map(([name, { type, dims }]) => ({ name, type, dims: dims.map(() => null), layout: null }));
    const rows = validateFeeds(feeds, inputs, { innerValues });
    const fits =
      (cotangent === undefined || cotangent.dims[0] === rows) &&
      (weights === undefined || weights.length === rows) &&
      (!Array.isArray(target) || target.length === rows);
    const beside = inputs.some(({ name, dims }) => shared.has(name) && dims.includes(null));
    return fits && rows > 1 && !beside ? rows : null;
  } catch {
    return null;
  }
}

function partOf<Q extends ForwardRequest | VjpRequest>(request: Q, range: RowRange, inputs: Model["inputs"]): Q {
  const { feeds, target, ...rest } = request;
  const { cotangent, weights, reference } = request as VjpRequest;
  const shared = sharedInputs(inputs);
  return {
    ...rest,
    feeds: sliceFeeds(feeds, range, shared),
    ...(target === undefined ? {} : { target: Array.isArray(target) ? (target as readonly Target[]).slice(range.start, range.end) : target }),
    ...(cotangent === undefined ? {} : { cotangent: sliceRows(cotangent, range.start, range.end) }),
    ...(weights === undefined ? {} : { weights: weights.slice(range.start, range.end) }),
    ...(reference === undefined ? {} : { reference: sliceFeeds(reference, range, shared) }),
  } as unknown as Q;
}

function scoresOf(parts: readonly Part<ForwardResult | VjpResult>[]): Pick<ForwardResult, "target" | "scores"> {
  return {
    target: parts.flatMap(({ result }) => result.target),
    scores: Float32Array.from(parts.flatMap(({ result }) => [...result.scores])),
  };
}

function joinAll<R>(parts: readonly Part<R>[], of: (result: R) => Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>> {
  const [first] = parts as [Part<R>];
  if (parts.length === 1) return of(first.result);
  return Object.fromEntries(
    Object.keys(of(first.result)).map((name) => [
      name,
      joinRuns(
        name,
        parts.map(({ rows, result }) => ({ rows, result: of(result)[name]! })),
      ),
    ]),
  );
}
