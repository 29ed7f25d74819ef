import { type Explainer, type FloatTensor, type Model, type Provenance, type Score, type Target, type Tensor } from "@xdeep/core";
import { concatRows, rowAxes, rowsInFront, sharedInputs, sliceFeeds } from "@xdeep/core/method";
import { channelAxis, takeMaximum } from "@xdeep/guided";

import type { ServedMethods } from "../options.ts";

/** What is asked of a model. */
export type ModelInput =
  | { readonly kind: "infer"; readonly feeds: Readonly<Record<string, Tensor>>; readonly outputs: readonly string[] | undefined }
  | {
      readonly kind: "explain";
      readonly feeds: Readonly<Record<string, Tensor>>;
      readonly method: string;
      /** Of the method. */
      readonly parameters: Readonly<Record<string, unknown>>;
      /** One per row; null for the highest entry of each. */
      readonly targets: readonly Target[] | null;
      readonly score: Score | undefined;
      readonly output: string | undefined;
      readonly wrt: readonly string[] | undefined;
      readonly takeMax: boolean;
    };

/** What comes back: for the rows of one request. */
export interface ModelOutput {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly explained: {
    readonly targets: readonly Target[];
    readonly scores: Float32Array;
    readonly deltas: Float32Array | undefined;
    readonly output: string;
    readonly provenance: Provenance;
  } | null;
}

/** Rows of a request: those of the first input that has a batch axis. */
export function rowsOf(model: Model, feeds: Readonly<Record<string, Tensor>>): number {
  const shared = sharedInputs(model.inputs);
  return Object.entries(feeds).find(([name]) => !shared.has(name))?.[1].dims[0] ?? 1;
}

/** Requests of one key may run as one batch; null where a request runs alone. */
export function keyOf(model: Model, input: ModelInput, methods: ServedMethods): string | null {
  if (sharedInputs(model.inputs).size > 0) return null;
  if (input.kind === "explain" && !methods.mayJoin(input.method, input.parameters)) return null;
  const { feeds, ...rest } = input;
  const dims = Object.entries(feeds).map(([name, tensor]) => [name, tensor.dims.slice(1)]);
  return JSON.stringify([dims, "targets" in rest ? { ...rest, targets: rest.targets === null } : rest]);
}

/** Runs requests of one key together, and takes the results apart. */
export async function runTogether(model: Model, inputs: readonly ModelInput[], methods: ServedMethods, signal: AbortSignal): Promise<readonly ModelOutput[]> {
  const [first] = inputs as [ModelInput];
  const feeds = inputs.length === 1 ? first.feeds : joined(inputs.map((input) => input.feeds));
  const counts = inputs.map((input) => rowsOf(model, input.feeds));
  const whole =
    first.kind === "infer"
      ? await infer(model, feeds, first.outputs, signal)
      : await explain(model, { ...first, feeds, targets: allTargets(inputs) }, methods, signal);
  if (inputs.length === 1) return [whole];
  let start = 0;
  return counts.map((rows) => rowsFrom(whole, start, (start += rows)));
}

async function infer(model: Model, feeds: ModelInput["feeds"], outputs: readonly string[] | undefined, signal: AbortSignal): Promise<ModelOutput> {
  const result = await model.forward({ feeds, outputs: outputs ?? model.outputs.map(({ name }) => name), signal });
  return { tensors: result.outputs, explained: null };
}

type ExplainInput = Extract<ModelInput, { readonly kind: "explain" }>;

async function explain(model: Model, input: ExplainInput, methods: ServedMethods, signal: AbortSignal): Promise<ModelOutput> {
  const { feeds, method, parameters, targets, score, output, wrt, takeMax } = input;
  const explainer: Explainer = await methods.create(model, method, parameters);
  const attribution = await explainer.explain(feeds, { target: targets, score, output, wrt, signal });
  const axisOf = rowAxes(model.inputs);
  const given = Object.entries(attribution.values as Readonly<Record<string, FloatTensor>>);
  const values = Object.fromEntries(given.map(([name, tensor]) => [name, rowsInFront(tensor, axisOf(name))]));
  const layoutOf = (name: string): "NCHW" | "NHWC" | null => model.inputs.find((info) => info.name === name)?.layout ?? null;
  const tensors = takeMax
    ? Object.fromEntries(Object.entries(values).map(([name, tensor]) => [name, takeMaximum(tensor, channelAxis(tensor, layoutOf(name), name))]))
    : values;
  const { target, scores, convergenceDelta, provenance } = attribution;
  return { tensors, explained: { targets: target, scores, deltas: convergenceDelta, output: attribution.output, provenance } };
}

function allTargets(inputs: readonly ModelInput[]): readonly Target[] | null {
  const targets = inputs.map((input) => (input.kind === "explain" ? input.targets : null));
  return targets.every((each) => each !== null) ? targets.flat() : null;
}

function joined(feeds: readonly ModelInput["feeds"][]): ModelInput["feeds"] {
  return Object.fromEntries(Object.keys(feeds[0]!).map((name) => [name, concatRows(feeds.map((each) => each[name]!))]));
}

function rowsFrom({ tensors, explained }: ModelOutput, start: number, end: number): ModelOutput {
  for (const [name, { dims }] of Object.entries(tensors)) {
    // Caught by the queue, which then runs each alone.
    if (dims[0] === undefined || dims[0] < end) throw new RangeError(`Output "${name}" has no row for each row of the input.`);
  }
  return {
    tensors: sliceFeeds(tensors, { start, end }),
    explained:
      explained === null
        ? null
        : {
            ...explained,
            targets: explained.targets.slice(start, end),
            scores: explained.scores.subarray(start, end),
            deltas: explained.deltas?.subarray(start, end),
          },
  };
}
