import type { AttentionInfo, LayerInfo, Tensor as PlainTensor, ValueInfo } from "@xdeep/core";
import { type Tensor, tidy } from "@tensorflow/tfjs-core";

import { upload } from "../../engine/transfer.ts";
import { type Observation, observedInfo } from "../../model/observed-info.ts";
import { finalActivation } from "../../tape/final-activation.ts";
import { asEngineError } from "../../tape/forward-pass.ts";
import { record } from "../../tape/record.ts";
import { type RecordedOutput, disposeCall } from "../../tape/recording.ts";
import { callsOnPath } from "../../tape/reverse.ts";
import type { Network } from "../network.ts";
import { attentionMaps } from "./attention-maps.ts";
import { camLayers } from "./cam-layers.ts";

/** What one run shows of the values inside a network. */
export interface InnerLook {
  /** Dims and activations of every float value, by its listed name. */
  readonly infos: ReadonlyMap<string, ValueInfo>;
  /** Values at which class activation maps are taken, between what gradients are taken of and this output or inner value. */
  layers(output: string): readonly LayerInfo[];
  readonly attention: readonly AttentionInfo[];
}

/**
 * Runs a network once and looks at its float values. Synchronous.
 *
 * @param source what layers lie behind: an input or an inner value
 * @throws {XDeepError} ENGINE_FAILED when the engine throws
 */
export function lookInside(network: Network, source: string | undefined, feeds: Readonly<Record<string, PlainTensor>>, observation: Observation): InnerLook {
  try {
    let look: InnerLook | undefined;
    tidy(() => {
      look = runAndLook(network, source, feeds, observation);
    });
    return look!;
  } catch (error) {
    throw asEngineError(error);
  }
}

function runAndLook(network: Network, source: string | undefined, feeds: Readonly<Record<string, PlainTensor>>, observation: Observation): InnerLook {
  const infos = new Map<string, ValueInfo>();
  const ids = new Map<string, number>();
  const scored = new Map<string, number>();
  const inputs = Object.fromEntries(Object.entries(feeds).map(([name, plain]) => [name, upload(plain)]));
  let start: RecordedOutput | undefined;
  const { recording } = record({ rules: new Map(), scalars: network.scalars, keepsGoing: true }, (recorder) => {
    const begin = (tensor: Tensor): void => {
      start = { id: tensor.id, shape: tensor.shape };
      recorder.addSource(tensor);
    };
    if (source !== undefined && inputs[source] !== undefined) begin(inputs[source]);
    const announced = source === undefined || start !== undefined ? [] : [source];
    const wanted = [...new Set([...network.inner!.all, ...network.outputs.map(({ name }) => name)])];
    const tensors: Readonly<Record<string, Tensor | undefined>> = network.run({ feeds: inputs, wanted, announced, announce: (_, tensor) => begin(tensor) });
    const listed = new Set(network.inner!.all);
    for (const [name, tensor] of Object.entries(tensors)) {
      if (tensor?.dtype !== "float32") continue;
      const activation = finalActivation(recorder.trace, tensor.id);
      scored.set(name, activation?.argument ?? tensor.id);
      if (!listed.has(name)) continue;
      ids.set(name, tensor.id);
      infos.set(name, { ...observedInfo(name, tensor, observation), activation: activation?.activation ?? null });
    }
  });
  // Nothing runs back: what calls kept for that is not needed.
  for (const call of recording.calls) disposeCall(call);
  // The first of several names of one tensor: layers that do nothing at inference pass on what they read.
  const names = new Map([...ids].toReversed().map(([name, id]) => [id, name]));
  const infoOf = (id: number): ValueInfo => infos.get(names.get(id)!)!;
  return {
    infos,
    layers(output) {
      const of = scored.get(output);
      if (start === undefined || of === undefined) return [];
      const found = camLayers(callsOnPath(recording, of).toReversed(), { from: start, to: of, isNamed: (id) => names.has(id) });
      return found.map(({ id, channelAxis }) => ({ ...infoOf(id), channelAxis }));
    },
    attention: attentionMaps(recording.calls)
      .filter(({ id }) => names.has(id))
      .map(({ id, headsAxis }) => ({ ...infoOf(id), headsAxis })),
  };
}
