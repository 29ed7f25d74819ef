import { sizeOf } from "@xdeep/core";
import type {
  AttentionInfo,
  Capabilities,
  FloatTensor,
  ForwardRequest,
  ForwardResult,
  LayerInfo,
  Model,
  RectifierRule,
  Tensor,
  VjpRequest,
  VjpResult,
} from "@xdeep/core";
import {
  disposedError,
  joinArrays,
  planForward,
  planVjp,
  resolveOutput,
  ruleName,
  runPerTarget,
  scorePlan,
  rowAxes,
  targetCotangent,
} from "@xdeep/core/backend";
import type { ForwardPlan, InnerValues, ScoredPlan, VjpPlan } from "@xdeep/core/backend";
import { weightRows } from "@xdeep/core/method";

import { rowOf } from "./fixture.ts";
import type { Fixture, Numbers } from "./fixture.ts";
import { camLayersOf, channelAxisOf } from "../reference/cam-layers.ts";
import { RECTIFIERS, differentiate } from "../reference/differentiate.ts";
import { evaluate } from "../reference/evaluate.ts";
import { shapesOf } from "../reference/shapes.ts";
import type { Value } from "../reference/value.ts";
import { VERSION } from "../version.ts";

/** Everything a backend can do, on a CPU. */
export const REFERENCE_CAPABILITIES: Capabilities = {
  rules: ["standard", "guided", "deconvnet"],
  rectifiers: Object.values(RECTIFIERS),
  innerValues: true,
  logits: true,
  severalTargets: true,
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
  const { inputs, outputs } = fixture;
  const axisOf = rowAxes(inputs);
  const inner = network.nodes.map(({ name }) => name).filter((name) => !network.outputs.includes(name));
  const innerValues: InnerValues = {
    get: (name) => (inner.includes(name) ? { name, type: "float32", dims: [null, ...shapes.get(name)!], layout: null } : undefined),
    names: () => inner,
  };
  let disposed = false;

  function checkUsable(): void {
    if (disposed) throw disposedError();
  }

  function run({ feeds, rows }: ForwardPlan): readonly Run[] {
    return Array.from({ length: rows }, (_, row) => evaluate(network, rowOf(network, feeds as Readonly<Record<string, Numbers>>, row)));
  }

  function scoredName({ output, score }: Pick<ForwardPlan, "output" | "score">): string {
    return score === "logit" && output.activation != null ? network.nodes.find(({ name }) => name === output.name)!.from[0]! : output.name;
  }

  function scoreOf(runs: readonly Run[], plan: ForwardPlan): ScoredPlan {
    return scorePlan(plan, () => rowsOf(runs, scoredName(plan)));
  }

  function outputsOf(runs: readonly Run[], plan: ForwardPlan): Readonly<Record<string, Tensor>> {
    return Object.fromEntries(plan.outputs.map((name) => [name, rounded(rowsOf(runs, name))]));
  }

  async function forward(request: ForwardRequest): Promise<ForwardResult> {
    checkUsable();
    const plan = planForward(model, request, innerValues);
    const runs = run(plan);
    return { outputs: outputsOf(runs, plan), ...scoreOf(runs, plan).scored };
  }

  async function vjp(request: VjpRequest): Promise<VjpResult> {
    checkUsable();
    return runPerTarget(planVjp(model, request, innerValues), vjpOf);
  }

  async function vjpOf(plan: VjpPlan): Promise<VjpResult> {
    const { cotangent, weights, wrt, rectifiers } = plan;
    const runs = run(plan);
    const { scored, entries } = scoreOf(runs, plan);
    const of = cotangent === undefined ? scoredName(plan) : plan.output.name;
    const { dims } = rowsOf(runs, of);
    const { data: start } = cotangent ?? targetCotangent(dims, entries);
    const size = start.length / plan.rows;
    // A value that is fed cuts the network: nothing passes to what would have made it.
    const cut = { ...network, nodes: network.nodes.filter(({ name }) => !plan.fed.includes(name)) };
    const derivatives = runs.map((values, row) =>
      differentiate(cut, values, {
        of,
        cotangent: Float64Array.from(start.subarray(row * size, (row + 1) * size)),
        rule: ruleName(plan.rule) as RectifierRule,
        rectifiers,
        wrt,
      }),
    );
    const gradientOf = (name: string): FloatTensor => {
      const { dims: sample } = runs[0]!.get(name)!;
      const rows = derivatives.map(({ cotangents }) => cotangents.get(name) ?? new Float64Array(sizeOf(sample)));
      const axis = axisOf(name);
      return axis === null ? summed(sample, rows, weights) : withRowsAt(axis, collect(sample, rows, weights));
    };
    return {
      ...scored,
      outputs: outputsOf(runs, plan),
      gradients: Object.fromEntries(wrt.map((name) => [name, gradientOf(name)])),
      rectifiers: derivatives[0]!.rectifiers,
    };
  }

  async function layers({ output }: Pick<ForwardRequest, "output"> = {}): Promise<readonly LayerInfo[]> {
    const scored = scoredName({ output: innerValues.get(output ?? "") ?? resolveOutput(outputs, output), score: "logit" });
    const found = camLayersOf(network, shapes, inputs.find(({ type }) => type === "float32")!.name, scored);
    return found.map((name) => ({ ...innerValues.get(name)!, channelAxis: channelAxisOf(shapes.get(name)!) }));
  }

  async function attention(): Promise<readonly AttentionInfo[]> {
    const isProbability = (name: string): boolean => network.nodes.some(({ layer, from }) => layer.op === "product" && !layer.transposed && from[0] === name);
    const found = network.nodes.filter(({ name, layer }) => layer.op === "softmax" && isProbability(name));
    return found.map(({ name }) => ({ ...innerValues.get(name)!, headsAxis: null }));
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
    layers,
    attention,
    forward,
    vjp,
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
  return model;
}

function rowsOf(runs: readonly Run[], name: string): Value {
  const values = runs.map((run) => run.get(name)!);
  return {
    dims: [runs.length, ...values[0]!.dims],
    data: joinArrays(
      Float64Array,
      values.map(({ data }) => data),
    ),
  };
}

function rounded({ dims, data }: Value): Tensor {
  return { type: "float32", dims, data: Float32Array.from(data) };
}

/** Of an input that belongs to all rows: Σₙ gₙ, or Σₙ wₙ gₙ. */
function summed(dims: readonly number[], rows: readonly Float64Array[], weights: Float32Array | undefined): FloatTensor {
  const { data } = collect(dims, rows, weights ?? new Float32Array(rows.length).fill(1));
  return { type: "float32", dims, data };
}

/** Rows that lie in front, along another axis. */
function withRowsAt(axis: number, { type, dims: [rows = 1, ...sample], data }: FloatTensor): FloatTensor {
  const outer = sizeOf(sample.slice(0, axis));
  const inner = sizeOf(sample.slice(axis));
  const at = (i: number): number => ((Math.floor(i / inner) % rows) * outer + Math.floor(i / inner / rows)) * inner + (i % inner);
  return { type, dims: sample.toSpliced(axis, 0, rows), data: Float32Array.from(data, (_, i) => data[at(i)]!) };
}

function collect(dims: readonly number[], rows: readonly Float64Array[], weights: Float32Array | undefined): FloatTensor {
  return weightRows({ dims: [rows.length, ...dims], data: joinArrays(Float64Array, rows) }, weights);
}
