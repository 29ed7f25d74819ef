import type { FloatTensor, Model, VjpRequest, VjpResult } from "@xdeep/core";

import { type Fixture, type Manifest, REFERENCE_CAPABILITIES, referenceModel } from "../src/index.ts";

type Vjp = Model["vjp"];

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
  return {
    name,
    capabilities,
    createModel: async (fixture) => {
      const model = referenceModel(fixture);
      return { ...model, ...breaks(model, fixture) };
    },
    ...manifest,
  };
}

/** A fault in vjp alone. */
export function inVjp(change: (vjp: Vjp, request: VjpRequest, fixture: Fixture) => Promise<VjpResult>): Fault["breaks"] {
  return ({ vjp }, fixture) => ({ vjp: (request) => change(vjp, request, fixture) });
}

/** A fault in the numbers of gradients. */
export function inGradients(change: (gradient: FloatTensor, request: VjpRequest) => FloatTensor): Fault["breaks"] {
  return inVjp(async (vjp, request) => {
    const result = await vjp(request);
    return { ...result, gradients: Object.fromEntries(Object.entries(result.gradients).map(([name, gradient]) => [name, change(gradient, request)])) };
  });
}

export function scaled(tensor: FloatTensor, factor: number): FloatTensor {
  return { ...tensor, data: tensor.data.map((value) => value * factor) };
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
  return inVjp((vjp, request) => {
    const x = request.feeds["x"];
    return vjp(x?.type === "float32" ? { ...request, feeds: { ...request.feeds, x: { ...x, data: change(x.data) } } } : request);
  });
}
