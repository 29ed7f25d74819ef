import { XDeepError } from "@xdeep/core";
import { type Tensor, clone } from "@tensorflow/tfjs-core";

import type { LayerCall, LayersGraph } from "./layers-graph.ts";

export interface LayersRun {
  /** Tensors of inputs, and of values that are not to be computed, by value. */
  readonly feeds: ReadonlyMap<number, Tensor>;
  readonly wanted: readonly number[];
  /** Values that `watch` is told of as soon as they are there. */
  readonly watched: readonly number[];
  readonly watch: (value: number, tensor: Tensor) => void;
}

/** The mask of a value, as recurrent layers read it: null for none. */
type Mask = Tensor | null;

/**
 * Runs the calls of a network that its wanted values need, as `LayersModel.predict` runs all of them: in inference mode, with masks. Tensors
 * are freed after their last reader. Gives the tensors of `wanted`.
 *
 * @throws {XDeepError} CAPABILITY_MISSING where a value is fed whose mask the network would compute below it
 */
export function runLayers(graph: LayersGraph, { feeds, wanted, watched, watch }: LayersRun): readonly Tensor[] {
  const calls = neededCalls(graph, feeds, [...wanted, ...watched]);
  const tensors = new Map(feeds);
  const masks = new Map<number, Mask>();
  const readers = new Map<number, number>();
  for (const number of calls.flatMap(({ inputs }) => inputs)) readers.set(number, (readers.get(number) ?? 0) + 1);
  const kept = new Set([...feeds.keys(), ...wanted]);
  // One object for all calls: TensorFlow.js hands a mask on in it to layers behind those that drop it, and so does this.
  const options: Record<string, unknown> = { training: false };
  for (const call of calls) {
    const inputs = call.inputs.map((number) => tensors.get(number)!);
    const inputMasks = call.inputs.map((number) => maskOf(number));
    if (inputMasks.some((mask) => mask !== null)) options["mask"] = inputMasks[0];
    const results = apart(call.layer.apply(inputs, options) as Tensor | Tensor[]);
    const computed = call.layer.supportsMasking ? (call.layer.computeMask(inputs, inputMasks as Tensor[]) as Mask | Mask[]) : null;
    const mask = Array.isArray(computed) ? (computed[0] ?? null) : (computed ?? null);
    call.outputs.forEach((number, i) => {
      if (tensors.has(number)) return;
      tensors.set(number, results[i]!);
      masks.set(number, mask);
      if (watched.includes(number)) watch(number, results[i]!);
    });
    for (const number of call.inputs) release(number);
  }
  return wanted.map((number) => tensors.get(number)!);

  function release(number: number): void {
    const left = readers.get(number)! - 1;
    readers.set(number, left);
    if (left > 0 || kept.has(number)) return;
    tensors.get(number)?.dispose();
    tensors.delete(number);
  }

  /** Masks of computed values are known; that of a fed value is computed from what is there, without the layers below it. */
  function maskOf(number: number): Mask {
    const known = masks.get(number);
    if (known !== undefined) return known;
    const mask = maskOfFed(number);
    masks.set(number, mask);
    return mask;
  }

  function maskOfFed(number: number): Mask {
    const call = graph.calls.find(({ outputs }) => outputs.includes(number));
    if (call === undefined || !call.layer.supportsMasking) return null;
    const inputMasks = call.inputs.map(maskOf);
    const inputs = call.inputs.map((input) => tensors.get(input));
    const makesMask = ["Embedding", "Masking"].includes(call.layer.getClassName());
    if (!makesMask && inputMasks.every((mask) => mask === null)) return null;
    if (makesMask && inputs.includes(undefined)) throw maskMissing(graph, number);
    try {
      // Most layers hand a mask on without a look at their inputs, which may be missing here.
      const mask = call.layer.computeMask(inputs as Tensor[], inputMasks as Tensor[]) as Mask | Mask[];
      return Array.isArray(mask) ? (mask[0] ?? null) : (mask ?? null);
    } catch (error) {
      throw inputs.includes(undefined) ? maskMissing(graph, number) : error;
    }
  }
}

/** The calls that these values need and that are not cut off by what is fed. */
function neededCalls({ calls }: LayersGraph, feeds: ReadonlyMap<number, Tensor>, values: readonly number[]): readonly LayerCall[] {
  const needed = new Set(values.filter((number) => !feeds.has(number)));
  const found: LayerCall[] = [];
  for (const call of calls.toReversed()) {
    if (!call.outputs.some((number) => needed.has(number))) continue;
    found.push(call);
    for (const number of call.inputs) if (!feeds.has(number)) needed.add(number);
  }
  return found.toReversed();
}

/** Results of a layer, each a tensor of its own: recurrent layers give their last output and their state as one. */
function apart(results: Tensor | Tensor[]): readonly Tensor[] {
  const list = Array.isArray(results) ? results : [results];
  return list.map((tensor, i) => (list.indexOf(tensor) < i ? clone(tensor) : tensor));
}

function maskMissing({ names }: LayersGraph, number: number): XDeepError {
  const name = names.get(number)!;
  return new XDeepError(
    "CAPABILITY_MISSING",
    `"${name}" carries a mask that the network computes below it, so the network cannot run from it alone. Feed the value that the mask is made of, such as the output of the embedding.`,
    { details: { value: name, capability: "innerValues" } },
  );
}
