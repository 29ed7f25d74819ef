import { type FloatTensor, type Tensor, type ValueInfo, XDeepError, float32, isXDeepError, sizeOf } from "@xdeep/core";
import { isFloatType } from "@xdeep/core/backend";
import type { Tensor as TfTensor } from "@tensorflow/tfjs-core";

import type { FilterCache } from "../formulas/filter-cache.ts";
import type { RuleSet } from "../gradients/rule-set.ts";
import { backwardPass } from "../tape/backward-pass.ts";
import { type ForwardPass, forwardPass } from "../tape/forward-pass.ts";
import { mixingKernel } from "./mixing-kernel.ts";
import { MOST_ELEMENTS } from "../tape/check-result-size.ts";
import { bytesKept } from "../tape/recording.ts";
import type { Network } from "../networks/network.ts";
import { type Observation, observedDims } from "./observed-info.ts";

/** Rows per run that small networks gain from. */
const LARGEST_BATCH = 16;

/** Memory that one run's recording may take, in bytes. */
const RECORDING_BUDGET = 64 * 2 ** 20;

/** Sizes to try for axes that are free besides the batch. */
const TRIAL_SIZES = [32, 224];

/** What a trial run tells about a network. */
export interface Trial {
  /** Zeros that it runs on; null where no size that was tried for free axes goes. */
  readonly feeds: Readonly<Record<string, Tensor>> | null;
  readonly observation: Observation;
  readonly outputs: readonly ValueInfo[];
  readonly preferredBatch: number;
  /** A kernel that may make rows depend on each other; null where none may, or where it is not known. */
  readonly mixingKernel: string | null;
}

export interface TrialFeeds {
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly observation: Observation;
}

export interface TrialOptions {
  readonly rules: RuleSet;
  readonly cache: FilterCache;
  /** The batch size that the network fixes; null where any goes. */
  readonly fixedBatch: number | null;
  /** Inputs without a batch axis. */
  readonly shared: ReadonlySet<string>;
}

/**
 * Runs a network once forward and once back, on one row of zeros: finds everything without a gradient at once, learns the dims of outputs,
 * measures memory, and prepares the filters. Where axes besides the batch are free the run can fail for its made-up size alone; then all
 * this is left to the first call.
 *
 * @throws {XDeepError} GRADIENT_MISSING, ENGINE_FAILED
 */
export function tryNetwork(network: Network, options: TrialOptions): Trial {
  const tries = trialFeeds(network, options);
  for (const { feeds, observation } of tries) {
    try {
      return { feeds, observation, ...runTrial(network, feeds, observation, options) };
    } catch (error) {
      if (!observation.isFree || isXDeepError(error, "GRADIENT_MISSING")) throw error;
    }
  }
  return { feeds: null, observation: tries[0]!.observation, outputs: network.outputs, preferredBatch: 1, mixingKernel: null };
}

/** One row of zeros, in every size that is worth a try. */
export function trialFeeds(network: Network, { fixedBatch, shared }: Pick<TrialOptions, "fixedBatch" | "shared">): readonly TrialFeeds[] {
  // States of recurrent networks, [layers, batch, hidden], have it behind the first axis.
  const batchOf = ({ name, dims }: ValueInfo): number => (shared.has(name) ? dims.indexOf(null, 1) : 0);
  const isFree = network.inputs.some((info) => info.dims.some((dim, axis) => dim === null && axis !== batchOf(info)));
  const observation = { rows: shared.size === network.inputs.length ? null : (fixedBatch ?? 1), isFree };
  return (isFree ? TRIAL_SIZES : [1]).map((size) => ({
    observation,
    feeds: Object.fromEntries(network.inputs.map((info) => [info.name, zerosOf(info, (axis) => (axis === batchOf(info) ? (fixedBatch ?? 1) : size))])),
  }));
}

/** What gradients are taken of by default: the float inputs, or the first floats that a network of integers makes. */
export function defaultSources({ inputs, inner }: Network): readonly string[] {
  const floats = inputs.filter(({ type }) => isFloatType(type)).map(({ name }) => name);
  return floats.length > 0 ? floats : (inner?.casts ?? []);
}

function runTrial(
  network: Network,
  feeds: Readonly<Record<string, Tensor>>,
  observation: Observation,
  { rules, cache }: TrialOptions,
): Pick<Trial, "outputs" | "preferredBatch" | "mixingKernel"> {
  const wrt = [...new Set([...defaultSources(network), ...(network.inner?.entries ?? [])])];
  const explained = network.outputs.find(({ type }) => isFloatType(type))?.name;
  const pass = forwardPass(network, {
    feeds,
    wanted: network.outputs.map(({ name }) => name),
    wrt,
    rules,
    ...(explained === undefined ? {} : { scored: { name: explained, score: "logit" } }),
  });
  try {
    const outputs = network.outputs.map((info) => observedOutput(info, pass, observation));
    const suspect = observation.rows === null ? null : mixingKernel(pass.recording, observation.rows);
    const bytes = bytesKept(pass.recording) / (observation.rows ?? 1);
    if (explained !== undefined && wrt.length > 0) runBack(pass, cache);
    return { outputs, mixingKernel: suspect, preferredBatch: Math.max(1, Math.min(LARGEST_BATCH, Math.floor(RECORDING_BUDGET / Math.max(bytes, 1)))) };
  } finally {
    pass.dispose();
  }
}

function runBack(pass: ForwardPass, cache: FilterCache): void {
  const ones: FloatTensor = float32(pass.scored.tensor.shape);
  ones.data.fill(1);
  const { gradients } = backwardPass(pass, { cotangent: ones, rule: "standard", rectifiers: [], weights: undefined, cache });
  cache.sweep();
  for (const gradient of gradients.values()) gradient.dispose();
}

function observedOutput(info: ValueInfo, { outputs, activations }: ForwardPass, observation: Observation): ValueInfo {
  const { dtype, shape }: TfTensor = outputs[info.name]!;
  if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") {
    throw new XDeepError("MODEL_UNSUPPORTED", `Output "${info.name}" is of type ${dtype}; outputs must be float32, int32 or bool.`, {
      details: { output: info.name, type: dtype },
    });
  }
  return { ...info, type: dtype, dims: observedDims(shape, observation, info.dims), activation: activations[info.name] ?? null };
}

function zerosOf({ name, type, dims }: ValueInfo, sizeOfAxis: (axis: number) => number): Tensor {
  const concrete = dims.map((dim, axis) => dim ?? sizeOfAxis(axis));
  const length = sizeOf(concrete);
  if (!concrete.every((dim) => Number.isSafeInteger(dim) && dim >= 0)) {
    throw new XDeepError("MODEL_INVALID", `Input "${name}" is declared with dims [${concrete.join(", ")}], which are no sizes. The file is damaged.`, {
      details: { input: name, dims },
    });
  }
  if (length > MOST_ELEMENTS) {
    throw new XDeepError(
      "MODEL_UNSUPPORTED",
      `Input "${name}" is declared with dims [${concrete.join(", ")}]: ${length} elements of one run, at most ${MOST_ELEMENTS} are taken.`,
      {
        details: { input: name, dims, most: MOST_ELEMENTS },
      },
    );
  }
  if (type === "int32") return { type, dims: concrete, data: new Int32Array(length) };
  if (type === "bool") return { type, dims: concrete, data: new Uint8Array(length) };
  return float32(concrete);
}
