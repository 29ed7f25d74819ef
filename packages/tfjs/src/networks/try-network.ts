import { type FloatTensor, type Tensor, type ValueInfo, XDeepError, float32, isXDeepError, sizeOf } from "@xdeep/core";
import { isFloatType } from "@xdeep/core/backend";
import type { Tensor as TfTensor } from "@tensorflow/tfjs-core";

import { backwardPass } from "../tape/backward-pass.ts";
import type { FilterCache } from "../formulas/filter-cache.ts";
import { type ForwardPass, forwardPass } from "../tape/forward-pass.ts";
import type { RuleSet } from "../gradients/rule-set.ts";
import type { Network } from "./network.ts";
import { bytesKept } from "../tape/recording.ts";

/** Rows per run that small networks gain from. */
const LARGEST_BATCH = 16;

/** Memory that one run's recording may take, in bytes. */
const RECORDING_BUDGET = 64 * 2 ** 20;

/** Sizes to try for axes that are free besides the batch. */
const TRIAL_SIZES = [32, 224];

/** What a trial run tells about a network. */
export interface Trial {
  readonly outputs: readonly ValueInfo[];
  readonly preferredBatch: number;
}

/**
 * Runs a network once forward and once back, on one row of zeros: finds everything without a gradient at once, learns the dims of outputs,
 * measures memory, and prepares the filters. Where axes besides the batch are free the run can fail for its made-up size alone; then all
 * this is left to the first call.
 *
 * @throws {XDeepError} GRADIENT_MISSING, ENGINE_FAILED
 */
export function tryNetwork(network: Network, rules: RuleSet, cache: FilterCache): Trial {
  const isFree = network.inputs.some(({ dims }) => dims.slice(1).includes(null));
  for (const size of isFree ? TRIAL_SIZES : [1]) {
    try {
      return runTrial(network, { rules, cache, size, isFree });
    } catch (error) {
      if (!isFree || isXDeepError(error, "GRADIENT_MISSING")) throw error;
    }
  }
  return { outputs: network.outputs, preferredBatch: 1 };
}

interface TrialOptions {
  readonly rules: RuleSet;
  readonly cache: FilterCache;
  readonly size: number;
  readonly isFree: boolean;
}

function runTrial(network: Network, { rules, cache, size, isFree }: TrialOptions): Trial {
  const feeds = Object.fromEntries(network.inputs.map((info) => [info.name, zerosOf(info, size)]));
  const wrt = network.inputs.filter(({ type }) => isFloatType(type)).map(({ name }) => name);
  const pass = forwardPass(network, feeds, wrt, rules);
  try {
    const outputs = network.outputs.map((info) =>
      observedInfo(info, pass.outputs[info.name]!, { isFree, isBatched: network.inputs.every(({ dims }) => dims[0] === null) }),
    );
    const bytes = bytesKept(pass.recording);
    const explained = outputs.find(({ type }) => isFloatType(type))?.name;
    if (explained !== undefined && wrt.length > 0) runBack(pass, explained, cache);
    return { outputs, preferredBatch: Math.max(1, Math.min(LARGEST_BATCH, Math.floor(RECORDING_BUDGET / Math.max(bytes, 1)))) };
  } finally {
    pass.dispose();
  }
}

function runBack(pass: ForwardPass, output: string, cache: FilterCache): void {
  const scored = pass.scored(output, "logit");
  const ones: FloatTensor = float32(scored.tensor.shape);
  ones.data.fill(1);
  const { gradients } = backwardPass(pass, { scored, cotangent: ones, rule: "standard", rectifiers: [], weights: undefined, cache });
  cache.sweep();
  for (const gradient of gradients.values()) gradient.dispose();
}

/** The declared dims, with what the run showed where nothing was declared. */
function observedInfo(info: ValueInfo, tensor: TfTensor, { isFree, isBatched }: { readonly isFree: boolean; readonly isBatched: boolean }): ValueInfo {
  if (tensor.dtype !== info.type && tensor.dtype !== "float32" && tensor.dtype !== "int32" && tensor.dtype !== "bool") {
    throw new XDeepError("MODEL_UNSUPPORTED", `Output "${info.name}" is of type ${tensor.dtype}; outputs must be float32, int32 or bool.`, {
      details: { output: info.name, type: tensor.dtype },
    });
  }
  const seen = tensor.shape;
  const isDeclared = info.dims.length === seen.length;
  const dims = seen.map((size, axis) => {
    const declared = isDeclared ? info.dims[axis]! : null;
    if (axis === 0 && isBatched && size === 1) return null;
    return declared ?? (isFree ? null : size);
  });
  return { ...info, type: tensor.dtype as "float32", dims };
}

function zerosOf({ type, dims }: ValueInfo, size: number): Tensor {
  const concrete = dims.map((dim, axis) => dim ?? (axis === 0 ? 1 : size));
  const length = sizeOf(concrete);
  if (type === "int32") return { type, dims: concrete, data: new Int32Array(length) };
  if (type === "bool") return { type, dims: concrete, data: new Uint8Array(length) };
  return float32(concrete);
}
