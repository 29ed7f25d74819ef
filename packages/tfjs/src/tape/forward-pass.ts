import { type Activation, type Score, type Tensor as PlainTensor, XDeepError, isXDeepError } from "@xdeep/core";
import { type NamedAttrMap, type Tensor, engine, mul, tidy } from "@tensorflow/tfjs-core";

import { retain } from "../engine/retain.ts";
import { upload } from "../engine/transfer.ts";
import type { Network } from "../networks/network.ts";
import { type FinalActivation, finalActivation } from "./final-activation.ts";
import { type RecordOptions, type Recorder, record } from "./record.ts";
import { type Recording, disposeRecording } from "./recording.ts";

export interface ForwardPassOptions extends Pick<RecordOptions, "rules" | "whole"> {
  /** Inputs, and inner values from which the network runs. */
  readonly feeds: Readonly<Record<string, PlainTensor>>;
  /** Outputs and inner values to compute. */
  readonly wanted: readonly string[];
  /** Inputs and inner values that gradients can be taken of afterwards. */
  readonly wrt: readonly string[];
  /** One of `wanted`, and what of it a score means. Default: the first, as it is. */
  readonly scored?: { readonly name: string; readonly score: Score };
}

/** A value of a run: the id under which it was recorded, and its memory. */
export interface RunValue {
  readonly id: number;
  readonly tensor: Tensor;
}

/** One run of a network, with what its backward run needs. It holds memory until it is disposed. */
export interface ForwardPass {
  /** By the names of `wanted`. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** The activations that they end in. */
  readonly activations: Readonly<Record<string, Activation | null>>;
  readonly recording: Recording;
  /** Ids and shapes of the values of `wrt`. */
  readonly sources: ReadonlyMap<string, Pick<Tensor, "id" | "shape">>;
  /** Their values, where the run was recorded whole. */
  readonly sourceValues: ReadonlyMap<string, Tensor>;
  /** What a score means: the argument of the final activation, or the value itself. Its entries lie as those of the value. */
  readonly scored: RunValue;
  dispose(): void;
}

/**
 * Runs the network on plain data, recording what depends on `wrt`. Synchronous.
 *
 * @throws {XDeepError} ENGINE_FAILED when the engine throws; GRADIENT_MISSING for forms of a kernel that have no gradient
 */
export function forwardPass(network: Network, options: ForwardPassOptions): ForwardPass {
  if (engine().state.gradientDepth > 0)
    throw new XDeepError("ENGINE_FAILED", "A model cannot be explained inside tf.grad: its gradients would be recorded twice.");
  try {
    let pass: ForwardPass | undefined;
    tidy(() => {
      pass = run(network, options);
    });
    return pass!;
  } catch (error) {
    throw asEngineError(error);
  }
}

function run(network: Network, { feeds, wanted, wrt, scored = { name: wanted[0]!, score: "probability" }, rules, whole }: ForwardPassOptions): ForwardPass {
  const inputs = Object.fromEntries(Object.entries(feeds).map(([name, plain]) => [name, upload(plain)]));
  const given = new Map(Object.entries(inputs).map(([name, tensor]) => [listedName(network, name), tensor]));
  const sources = new Map<string, Pick<Tensor, "id" | "shape">>();
  const sourceValues = new Map<string, Tensor>();
  const { result, recording } = record({ rules, whole, scalars: network.scalars }, (recorder) => {
    const announce = (name: string, tensor: Tensor): void => {
      sources.set(name, { id: tensor.id, shape: tensor.shape });
      if (whole === true) sourceValues.set(name, retain(tensor));
      recorder.addSource(tensor);
    };
    const announced = wrt.filter((name) => !given.has(listedName(network, name)));
    for (const name of wrt) if (!announced.includes(name)) announce(name, given.get(listedName(network, name))!);
    const outputs = network.run({ feeds: inputs, wanted, announced, announce });
    const activations = new Map(wanted.map((name) => [name, finalActivation(recorder.trace, outputs[name]!.id)]));
    return { outputs, activations, value: scoredValue(recorder, outputs[scored.name]!, scored.score === "logit" ? activations.get(scored.name)! : null) };
  });
  const outputs = Object.fromEntries(wanted.map((name) => [name, retain(result.outputs[name]!)]));
  return {
    outputs,
    activations: Object.fromEntries([...result.activations].map(([name, found]) => [name, found?.activation ?? null])),
    recording,
    sources,
    sourceValues,
    scored: result.value,
    dispose() {
      for (const tensor of sourceValues.values()) tensor.dispose();
      disposeRecording(recording);
      result.value.tensor.dispose();
      for (const tensor of Object.values(outputs)) tensor.dispose();
    },
  };
}

/** Inner values may be written in several ways. */
function listedName({ inputs, inner }: Network, name: string): string {
  return inputs.some((input) => input.name === name) ? name : (inner?.resolve(name) ?? name);
}

function scoredValue(recorder: Recorder, value: Tensor, found: FinalActivation | null): RunValue {
  if (found === null) return { id: value.id, tensor: retain(value) };
  const { argument, factor, layout } = found;
  const kept = recorder.trace.take(argument);
  const isMoved = layout.some(({ kernel }) => kernel === "Transpose");
  if (factor === 1 && !isMoved) return { id: argument, tensor: kept };
  try {
    recorder.addAlias(argument, kept);
    const logits = factor === 1 ? kept : mul(kept, factor);
    const moved = isMoved
      ? layout.reduce((t: Tensor, { kernel, inputs, attrs }) => engine().runKernel(kernel, { [Object.keys(inputs)[0]!]: t }, attrs as NamedAttrMap), logits)
      : logits;
    return { id: moved.id, tensor: retain(moved) };
  } finally {
    kept.dispose();
  }
}

/** What the engine threw, as an error of ours. */
export function asEngineError(error: unknown): unknown {
  if (isXDeepError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new XDeepError("ENGINE_FAILED", `TensorFlow.js (${engine().backendName}) could not run the model: ${reason}`, {
    details: { backend: engine().backendName },
    cause: error,
  });
}
