import type {
  Capabilities,
  FloatTensor,
  ForwardRequest,
  ForwardResult,
  Layout,
  Model,
  RectifierRule,
  Tensor,
  ValueInfo,
  VjpRequest,
  VjpResult,
} from "@xdeep/core";
import { disposedError, planForward, planVjp, ruleName, runPerTarget, scorePlan, targetCotangent } from "@xdeep/core/backend";
import type { ForwardPlan, ScoredPlan, VjpPlan } from "@xdeep/core/backend";
import { weightRows } from "@xdeep/core/method";

import type { Layer } from "./layer.ts";
import { joined, Trace } from "./trace.ts";

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
    rectifiers: ["Relu"],
    innerValues: true,
    logits: true,
    gpu: false,
    maxBatch: null,
    preferredBatch: 4,
    ...options.capabilities,
  };
  const inputs = options.inputs.map(inputInfo);
  const trace = new Trace(inputs, options.layers);
  const activation = options.layers.at(-1)?.activation === true ? "softmax" : null;
  const outputs: readonly ValueInfo[] = [
    { name: "y", type: "float32", dims: [null, ...(options.outputDims ?? [trace.outputSize()])], layout: null, activation },
  ];
  const calls: Call[] = [];
  let disposed = false;

  function begin(kind: Call["kind"], { rows }: ForwardPlan): void {
    calls.push({ kind, rows });
  }

  function checkUsable(): void {
    if (disposed) throw disposedError();
  }

  function runRows({ feeds, rows }: ForwardPlan): readonly (readonly Float64Array[])[] {
    return Array.from({ length: rows }, (_, row) => trace.run(feeds, row));
  }

  function tensorOf(name: string, runs: readonly (readonly Float64Array[])[]): Tensor {
    const output = outputs.find((info) => info.name === name);
    const depth = output === undefined ? trace.depthOf(name)! : options.layers.length;
    const values = runs.map((run) => run[depth]!);
    const dims = [runs.length, ...((output?.dims.slice(1) as number[] | undefined) ?? [values[0]!.length])];
    return { type: "float32", dims, data: Float32Array.from(joined(values)) };
  }

  function depthOf({ output, score }: ForwardPlan): number {
    return trace.depthOf(output.name) ?? options.layers.length - (activation !== null && score === "logit" ? 1 : 0);
  }

  function scoreOf(runs: readonly (readonly Float64Array[])[], plan: ForwardPlan): ScoredPlan {
    const dims = [runs.length, ...(plan.output.dims.slice(1) as number[])];
    return scorePlan(plan, () => ({ dims, data: joined(runs.map((run) => run[depthOf(plan)]!)) }));
  }

  function outputsOf(runs: readonly (readonly Float64Array[])[], plan: ForwardPlan): Readonly<Record<string, Tensor>> {
    return Object.fromEntries(plan.outputs.map((name) => [name, tensorOf(name, runs)]));
  }

  async function forward(request: ForwardRequest): Promise<ForwardResult> {
    checkUsable();
    const plan = planForward(model, request, trace.innerValues);
    begin("forward", plan);
    const runs = runRows(plan);
    return { outputs: outputsOf(runs, plan), ...scoreOf(runs, plan).scored };
  }

  async function vjp(request: VjpRequest): Promise<VjpResult> {
    checkUsable();
    const plan = planVjp(model, request, trace.innerValues);
    begin("vjp", plan);
    const runs = runRows(plan);
    return runPerTarget(plan, async (each) => backward(each, runs));
  }

  function backward(plan: VjpPlan, runs: readonly (readonly Float64Array[])[]): VjpResult {
    const rule = plan.rectifiers.includes("Relu") ? (ruleName(plan.rule) as RectifierRule) : "standard";
    const depth = plan.cotangent === undefined ? depthOf(plan) : (trace.depthOf(plan.output.name) ?? options.layers.length);
    const { scored, entries } = scoreOf(runs, plan);
    const size = runs[0]![depth]!.length;
    const { data: start } = plan.cotangent ?? targetCotangent([plan.rows, size], entries);
    const cotangents = runs.map((run, row) => trace.cotangents(run, depth, Float64Array.from(start.subarray(row * size, (row + 1) * size)), rule));
    const gradientOf = (name: string): FloatTensor => {
      const dims = plan.feeds[name]?.dims.slice(1) ?? [trace.sizeOf(name)];
      const rows = cotangents.map((row) => trace.gradient(name, row));
      return collect(dims, rows, plan.weights);
    };
    return {
      ...scored,
      outputs: outputsOf(runs, plan),
      gradients: Object.fromEntries(plan.wrt.map((name) => [name, gradientOf(name)])),
      rectifiers: rule === "standard" ? 0 : options.layers.filter((layer) => layer.rectifier).length,
    };
  }

  async function dispose(): Promise<void> {
    disposed = true;
  }

  const model: AnalyticModel = {
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
  return model;
}

function inputInfo({ name, dims, type = "float32", layout = null }: AnalyticInput): ValueInfo {
  return { name, type, dims: [null, ...dims], layout };
}

/** [N, …], or with weights their sum [1, …]. */
function collect(dims: readonly number[], rows: readonly Float64Array[], weights: Float32Array | undefined): FloatTensor {
  return weightRows({ dims: [rows.length, ...dims], data: joined(rows) }, weights);
}
