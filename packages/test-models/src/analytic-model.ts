import { XDeepError, addScaled, gatherScores, resolveOutput, resolveTargets, resolveWrt, sizeOf, validateFeeds } from "@xdeep/core";
import type {
  Capabilities,
  FloatTensor,
  ForwardRequest,
  ForwardResult,
  Layout,
  Model,
  Rule,
  Score,
  ScoreRequest,
  ScoreResult,
  Tensor,
  ValueInfo,
  VjpRequest,
  VjpResult,
} from "@xdeep/core";

import type { Layer } from "./layer.ts";
import { Trace } from "./trace.ts";

export interface AnalyticInput {
  readonly name: string;
  /** Dims of one sample, without the batch axis. */
  readonly dims: readonly number[];
  readonly type?: "float32" | "float64" | "float16" | "int32";
  readonly layout?: Layout;
}

export interface AnalyticModelOptions {
  /** Their elements, one input after the other, are the vector that the first layer takes. */
  readonly inputs: readonly AnalyticInput[];
  /** Layer k's result can be named, and fed, as "layer<k>". */
  readonly layers: readonly Layer[];
  /** Dims of one row of the output "y". Default: [size]. */
  readonly outputDims?: readonly number[];
  readonly capabilities?: Partial<Capabilities>;
}

/** One call of the engine: what ran, and how many rows it held. */
export interface Call {
  readonly kind: "forward" | "vjp";
  readonly rows: number;
}

/** A model whose calls can be looked at. */
export interface AnalyticModel extends Model {
  readonly calls: Call[];
}

/** A network in float64 behind the contract: derivatives by hand, no engine. Results are rounded to float32 at the very end. */
export function analyticModel(options: AnalyticModelOptions): AnalyticModel {
  const capabilities: Capabilities = {
    rules: ["standard", "guided", "deconvnet"],
    innerValues: true,
    logits: true,
    gpu: false,
    maxBatch: null,
    preferredBatch: 4,
    ...options.capabilities,
  };
  const inputs = options.inputs.map(inputInfo);
  const trace = new Trace(inputs, options.layers);
  const width = trace.outputSize();
  const outputs: readonly ValueInfo[] = [{ name: "y", type: "float32", dims: [null, ...(options.outputDims ?? [width])], layout: null }];
  const innerValues = capabilities.innerValues ? trace.innerValues() : [];
  const calls: Call[] = [];
  let disposed = false;

  function begin(kind: Call["kind"], { feeds, signal }: ForwardRequest | VjpRequest, batched: boolean): number {
    if (disposed) throw new XDeepError("MODEL_DISPOSED", "The model was disposed; load it again.");
    signal?.throwIfAborted();
    const rows = validateFeeds(feeds, inputs, { innerValues, batched });
    if (capabilities.maxBatch !== null && rows > capabilities.maxBatch) {
      throw new XDeepError("BATCH_INVALID", `This model takes ${capabilities.maxBatch} rows a call, got ${rows}.`);
    }
    calls.push({ kind, rows });
    return rows;
  }

  function tensorOf(name: string, runs: readonly (readonly Float64Array[])[]): Tensor {
    const output = outputs.find((info) => info.name === name);
    const depth = output === undefined ? trace.depthOf(name) : options.layers.length;
    if (depth === undefined || depth < 1) throw new XDeepError("OUTPUT_UNKNOWN", `There is no output "${name}".`);
    const values = runs.map((run) => run[depth]!);
    const dims = [runs.length, ...((output?.dims.slice(1) as number[] | undefined) ?? [values[0]!.length])];
    return { type: "float32", dims, data: Float32Array.from(values.flatMap((row) => [...row])) };
  }

  function scoreOf(runs: readonly (readonly Float64Array[])[], request: ScoreRequest): ScoreResult & { readonly indices: Int32Array; readonly depth: number } {
    const info = resolveOutput(outputs, request.output);
    const hidden = options.layers.at(-1)?.activation === true && request.score !== "probability";
    const depth = options.layers.length - (hidden ? 1 : 0);
    const data = Float64Array.from(runs.flatMap((run) => [...run[depth]!]));
    const { targets, indices } = resolveTargets({ name: info.name, dims: [runs.length, ...(info.dims.slice(1) as number[])], data }, request.target);
    const score: Score = hidden || options.layers.at(-1)?.activation !== true ? "logit" : "probability";
    return { target: targets, scores: gatherScores(data, indices), output: info.name, score, indices, depth };
  }

  async function forward(request: ForwardRequest): Promise<ForwardResult> {
    const rows = begin("forward", request, request.target !== undefined);
    const runs = Array.from({ length: rows }, (_, row) => trace.run(request.feeds, row));
    const names = request.outputs ?? ["y"];
    const values = Object.fromEntries(names.map((name) => [name, tensorOf(name, runs)]));
    if (request.target === undefined)
      return { outputs: values, target: [], scores: new Float32Array(0), output: resolveOutput(outputs, request.output).name, score: "logit" };
    const { target, scores, output, score } = scoreOf(runs, request);
    return { outputs: values, target, scores, output, score };
  }

  async function vjp(request: VjpRequest): Promise<VjpResult> {
    const rows = begin("vjp", request, true);
    const rule: Rule = request.rule ?? "standard";
    const wrt = resolveWrt(inputs, request.wrt, capabilities.innerValues ? { innerValues: trace.named } : {});
    const runs = Array.from({ length: rows }, (_, row) => trace.run(request.feeds, row));
    const { target, scores, output, score, indices, depth } = scoreOf(runs, request);
    const cotangents = runs.map((run, row) => trace.cotangents(run, depth, startOf(run[depth]!.length, row, indices, request.cotangent), rule));
    const gradients = Object.fromEntries(
      wrt.map((name) => [
        name,
        collect(
          request.feeds[name]?.dims.slice(1) ?? [trace.sizeOf(name)],
          cotangents.map((row) => trace.gradient(name, row)),
          request.weights,
        ),
      ]),
    );
    const rectifiers = rule === "standard" ? 0 : options.layers.filter((layer) => layer.rectifier).length;
    return { outputs: { y: tensorOf("y", runs) }, gradients, rectifiers, target, scores, output, score };
  }

  async function dispose(): Promise<void> {
    disposed = true;
  }

  return {
    backend: "analytic",
    engine: "float64",
    contractVersion: 1,
    inputs,
    outputs,
    capabilities,
    calls,
    forward,
    vjp,
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

function inputInfo({ name, dims, type = "float32", layout = null }: AnalyticInput): ValueInfo {
  return { name, type, dims: [null, ...dims], layout };
}

function startOf(size: number, row: number, indices: Int32Array, cotangent: FloatTensor | undefined): Float64Array {
  if (cotangent !== undefined) return Float64Array.from(cotangent.data.subarray(row * size, (row + 1) * size));
  return new Float64Array(size).fill(1, indices[row]!, indices[row]! + 1);
}

/** [N, …], or with weights their sum [1, …]. */
function collect(dims: readonly number[], rows: readonly Float64Array[], weights: Float32Array | undefined): FloatTensor {
  if (weights === undefined) return { type: "float32", dims: [rows.length, ...dims], data: Float32Array.from(rows.flatMap((row) => [...row])) };
  const sum = new Float64Array(sizeOf(dims));
  rows.forEach((row, n) => addScaled(sum, row, weights[n]!));
  return { type: "float32", dims: [1, ...dims], data: Float32Array.from(sum) };
}
