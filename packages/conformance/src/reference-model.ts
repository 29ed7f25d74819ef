import {
  XDeepError,
  addScaled,
  checkExplainOptions,
  checkRule,
  gatherScores,
  resolveOutput,
  resolveTargets,
  resolveWrt,
  sizeOf,
  validateFeeds,
  validateTensor,
} from "@xdeep/core";
import type {
  Capabilities,
  FloatTensor,
  ForwardRequest,
  ForwardResult,
  Model,
  ScoreRequest,
  ScoreResult,
  Tensor,
  ValueInfo,
  VjpRequest,
  VjpResult,
} from "@xdeep/core";

import { rowOf } from "./fixture.ts";
import type { Fixture, Numbers } from "./fixture.ts";
import { differentiate } from "./reference/differentiate.ts";
import { evaluate } from "./reference/evaluate.ts";
import { shapesOf } from "./reference/shapes.ts";
import type { Value } from "./reference/value.ts";
import { VERSION } from "./version.ts";

/** Everything a backend can do, on a CPU. */
export const REFERENCE_CAPABILITIES: Capabilities = {
  rules: ["standard", "guided", "deconvnet"],
  innerValues: true,
  logits: true,
  gpu: false,
  maxBatch: null,
  preferredBatch: 4,
};

type Run = ReadonlyMap<string, Value>;

/**
 * A fixture's float64 reference behind the contract, images [N, C, H, W]: the oracle of the suite, and a whole backend in one file.
 * Results are rounded to float32 at the very end.
 */
export function referenceModel(fixture: Fixture, overrides: Partial<Capabilities> = {}): Model {
  const capabilities = { ...REFERENCE_CAPABILITIES, ...overrides };
  const { network } = fixture;
  const shapes = shapesOf(network);
  const inputs: readonly ValueInfo[] = network.inputs.map(({ name, type, dims }) => ({
    name,
    type,
    dims: [null, ...dims],
    layout: dims.length === 3 ? "NCHW" : null,
  }));
  const outputs: readonly ValueInfo[] = fixture.outputs.map(({ name, dims }) => ({ name, type: "float32", dims: [null, ...dims], layout: null }));
  const inner = network.nodes.map(({ name }) => name).filter((name) => !network.outputs.includes(name));
  const innerValues = capabilities.innerValues ? inner : [];
  let disposed = false;

  function begin({ feeds, signal }: ForwardRequest | VjpRequest, batched: boolean): readonly Run[] {
    signal?.throwIfAborted();
    if (disposed) throw new XDeepError("MODEL_DISPOSED", "The model was disposed. Load it again to use it.");
    const known = innerValues.map((name): ValueInfo => ({ name, type: "float32", dims: [null, ...shapes.get(name)!], layout: null }));
    const rows = validateFeeds(feeds, inputs, { innerValues: known, batched });
    if (rows > (capabilities.maxBatch ?? rows)) throw new XDeepError("BATCH_INVALID", `One call takes at most ${capabilities.maxBatch} rows, got ${rows}.`);
    return Array.from({ length: rows }, (_, row) => evaluate(network, rowOf(feeds as Readonly<Record<string, Numbers>>, row)));
  }

  function scoredName(output: ValueInfo, { score = "logit" }: ScoreRequest): string {
    checkExplainOptions({ score }, 1);
    const { activation } = fixture.outputs.find(({ name }) => name === output.name)!;
    if (score === "probability" || activation === null) return output.name;
    if (!capabilities.logits)
      throw new XDeepError("CAPABILITY_MISSING", `No logits behind the ${activation} of output "${output.name}": ask for score "probability".`);
    return network.nodes.find(({ name }) => name === output.name)!.from[0]!;
  }

  function scoreOf(runs: readonly Run[], request: ScoreRequest): ScoreResult & { readonly indices: Int32Array } {
    const output = resolveOutput(outputs, request.output);
    const { dims, data } = rowsOf(runs, scoredName(output, request));
    const { targets, indices } = resolveTargets({ name: output.name, dims, data }, request.target);
    return { target: targets, scores: gatherScores(data, indices), output: output.name, score: request.score ?? "logit", indices };
  }

  async function forward(request: ForwardRequest): Promise<ForwardResult> {
    const runs = begin(request, request.target !== undefined);
    const output = resolveOutput(outputs, request.output).name;
    const names = request.outputs ?? outputs.map(({ name }) => name);
    const unknown = names.find((name) => !network.outputs.includes(name) && !innerValues.includes(name));
    if (unknown !== undefined) throw new XDeepError("OUTPUT_UNKNOWN", `There is no output "${unknown}".`);
    const values = Object.fromEntries(names.map((name) => [name, rounded(rowsOf(runs, name))]));
    if (request.target === undefined) return { outputs: values, target: [], scores: new Float32Array(0), output, score: request.score ?? "logit" };
    const { indices: _, ...scored } = scoreOf(runs, request);
    return { outputs: values, ...scored };
  }

  async function vjp(request: VjpRequest): Promise<VjpResult> {
    const { cotangent, rule = "standard", rectifiers = ["Relu", "Relu6"], weights } = request;
    const runs = begin(request, true);
    checkRule(model, rule);
    checkRectifiers(rectifiers);
    checkExplainOptions({ weights }, runs.length);
    const output = resolveOutput(outputs, request.output);
    const of = scoredName(output, request);
    if (cotangent !== undefined && request.target !== undefined) throw new XDeepError("OPTION_INVALID", "Give either a cotangent or a target.");
    if (cotangent !== undefined) validateTensor(cotangent, { ...output, dims: [runs.length, ...output.dims.slice(1)] });
    const wrt = resolveWrt(inputs, request.wrt, capabilities.innerValues ? { innerValues: { has: (name) => inner.includes(name), names: inner } } : {});
    const { indices, ...scored } = cotangent === undefined ? scoreOf(runs, request) : { ...unscored(request, output.name), indices: undefined };
    // A value that is fed cuts the network: nothing passes to what would have made it.
    const cut = { ...network, nodes: network.nodes.filter(({ name }) => !(name in request.feeds)) };
    const derivatives = runs.map((run, row) => differentiate(cut, run, { of, cotangent: startOf(run.get(of)!, row, indices, cotangent), rule, rectifiers }));
    const gradientOf = (name: string): FloatTensor => {
      const { dims } = runs[0]!.get(name)!;
      return collect(
        dims,
        derivatives.map(({ cotangents }) => cotangents.get(name) ?? new Float64Array(sizeOf(dims))),
        weights,
      );
    };
    return {
      ...scored,
      outputs: Object.fromEntries(outputs.map(({ name }) => [name, rounded(rowsOf(runs, name))])),
      gradients: Object.fromEntries(wrt.map((name) => [name, gradientOf(name)])),
      rectifiers: derivatives[0]!.rectifiers,
    };
  }

  async function dispose(): Promise<void> {
    disposed = true;
  }

  const model: Model = {
    backend: "reference",
    engine: "float64",
    contractVersion: 1,
    versions: { "@xdeep/conformance": VERSION },
    inputs,
    outputs,
    capabilities,
    forward,
    vjp,
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
  return model;
}

function checkRectifiers(rectifiers: readonly string[]): void {
  const unknown = rectifiers.find((name) => name !== "Relu" && name !== "Relu6");
  if (unknown !== undefined) throw new XDeepError("OPTION_INVALID", `There is no rectifier "${unknown}"; there are Relu and Relu6.`);
}

function unscored({ score = "logit" }: VjpRequest, output: string): ScoreResult {
  return { target: [], scores: new Float32Array(0), output, score };
}

function startOf({ data }: Value, row: number, indices: Int32Array | undefined, cotangent: FloatTensor | undefined): Float64Array {
  if (cotangent !== undefined) return Float64Array.from(cotangent.data.subarray(row * data.length, (row + 1) * data.length));
  return new Float64Array(data.length).fill(1, indices![row], indices![row]! + 1);
}

function rowsOf(runs: readonly Run[], name: string): Value {
  const values = runs.map((run) => run.get(name)!);
  return { dims: [runs.length, ...values[0]!.dims], data: Float64Array.from(values.flatMap(({ data }) => [...data])) };
}

function rounded({ dims, data }: Value): Tensor {
  return { type: "float32", dims, data: Float32Array.from(data) };
}

function collect(dims: readonly number[], rows: readonly Float64Array[], weights: Float32Array | undefined): FloatTensor {
  if (weights === undefined) return { type: "float32", dims: [rows.length, ...dims], data: Float32Array.from(rows.flatMap((row) => [...row])) };
  const sum = new Float64Array(sizeOf(dims));
  rows.forEach((row, n) => addScaled(sum, row, weights[n]!));
  return { type: "float32", dims: [1, ...dims], data: Float32Array.from(sum) };
}
