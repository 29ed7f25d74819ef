import type { FloatTensor, ForwardRequest, ForwardResult, Model, VjpRequest, VjpResult } from "@xdeep/core";

import { type Fixture, type Manifest, REFERENCE_CAPABILITIES, referenceModel } from "../src/index.ts";

type Vjp = Model["vjp"];
type Forward = Model["forward"];

/** One fault in an otherwise honest backend. */
export interface Fault {
  readonly name: string;
  /** Changes the model; called for each that is loaded. */
  readonly breaks: (model: Model, fixture: Fixture) => Partial<Model>;
  readonly manifest?: Partial<Manifest>;
  /** The case that names the fault comes first. These fail, and no others; "*" stands for any part of an id. */
  readonly fails: readonly string[];
}

/** The manifest of a backend with this fault. */
export function brokenManifest({ name, breaks, manifest }: Fault): Manifest {
  const { preferredBatch: _, ...capabilities } = REFERENCE_CAPABILITIES;
  const createModel = manifest?.createModel ?? (async (fixture: Fixture) => referenceModel(fixture));
  return {
    name,
    capabilities,
    ...manifest,
    async createModel(fixture) {
      const model = (await createModel(fixture))!;
      return { ...model, ...breaks(model, fixture) };
    },
  };
}

/** A fault in vjp alone. What it throws, the call rejects with. */
export function inVjp(change: (vjp: Vjp, request: VjpRequest, fixture: Fixture) => Promise<VjpResult>): Fault["breaks"] {
  return ({ vjp }, fixture) => ({ vjp: async (request) => change(vjp, request, fixture) });
}

/** A fault in forward alone. */
export function inForward(change: (forward: Forward, request: ForwardRequest, fixture: Fixture) => Promise<ForwardResult>): Fault["breaks"] {
  return ({ forward }, fixture) => ({ forward: async (request) => change(forward, request, fixture) });
}

/** A fault in how requests to vjp are read. */
export function beforeVjp(change: (request: VjpRequest, fixture: Fixture) => VjpRequest): Fault["breaks"] {
  return inVjp((vjp, request, fixture) => vjp(change(request, fixture)));
}

/** A fault in how requests to forward and vjp are read; `model` is the honest one. */
export function beforeCalls(change: <R extends ForwardRequest | VjpRequest>(request: R, model: Model) => Promise<R>): Fault["breaks"] {
  return (model) => ({
    forward: async (request) => model.forward(await change(request, model)),
    vjp: async (request) => model.vjp(await change(request, model)),
  });
}

/** A fault in the numbers of gradients. */
export function inGradients(change: (gradient: FloatTensor, request: VjpRequest) => FloatTensor): Fault["breaks"] {
  return inVjp(async (vjp, request) => {
    const result = await vjp(request);
    return { ...result, gradients: mapValues(result.gradients, (gradient) => change(gradient, request)) };
  });
}

export function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T, name: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}

export function scaled(tensor: FloatTensor, factor: number): FloatTensor {
  return { ...tensor, data: tensor.data.map((value) => value * factor) };
}

/** A tensor [N, …] with every row replaced. */
export function withRows(tensor: FloatTensor, change: (row: Float32Array, n: number, rows: readonly Float32Array[]) => Float32Array): FloatTensor {
  const [count = 1] = tensor.dims;
  const size = tensor.data.length / count;
  const rows = Array.from({ length: count }, (_, n) => tensor.data.subarray(n * size, (n + 1) * size));
  return { ...tensor, data: Float32Array.from(rows.flatMap((row, n) => [...change(row, n, rows)])) };
}

/** A fault that the first call with a rule leaves behind: later calls follow `after`. */
export function afterRule(rule: "guided", after: (request: VjpRequest) => VjpRequest): Fault["breaks"] {
  return ({ vjp }) => {
    let seen = false;
    return {
      async vjp(request) {
        const result = await vjp(seen ? after(request) : request);
        seen ||= request.rule === rule;
        return result;
      },
    };
  };
}

/** Replaces the numbers that are fed to the input "x". */
export function fedAs(change: (x: Float32Array) => Float32Array): Fault["breaks"] {
  return beforeVjp((request) => {
    const x = request.feeds["x"];
    return x?.type === "float32" ? { ...request, feeds: { ...request.feeds, x: { ...x, data: change(x.data) } } } : request;
  });
}
