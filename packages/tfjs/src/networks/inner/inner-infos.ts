import type { Tensor as PlainTensor, ValueInfo } from "@xdeep/core";
import { type Tensor, tidy } from "@tensorflow/tfjs-core";

import { upload } from "../../engine/transfer.ts";
import { finalActivation } from "../../tape/final-activation.ts";
import { asEngineError } from "../../tape/forward-pass.ts";
import { record } from "../../tape/record.ts";
import type { Network } from "../network.ts";
import { type Observation, observedInfo } from "../../model/observed-info.ts";

/**
 * Dims and activations of every float value inside a network, by its listed name, seen in one run. Synchronous.
 *
 * @throws {XDeepError} ENGINE_FAILED when the engine throws
 */
export function innerInfos(network: Network, feeds: Readonly<Record<string, PlainTensor>>, observation: Observation): ReadonlyMap<string, ValueInfo> {
  const infos = new Map<string, ValueInfo>();
  try {
    tidy(() => {
      const inputs = Object.fromEntries(Object.entries(feeds).map(([name, plain]) => [name, upload(plain)]));
      record({ rules: new Map(), scalars: network.scalars }, ({ trace }) => {
        const tensors: Readonly<Record<string, Tensor | undefined>> = network.run({ feeds: inputs, wanted: network.inner!.all });
        for (const [name, tensor] of Object.entries(tensors)) {
          if (tensor?.dtype !== "float32") continue;
          infos.set(name, { ...observedInfo(name, tensor, observation), activation: finalActivation(trace, tensor.id)?.activation ?? null });
        }
      });
    });
  } catch (error) {
    throw asEngineError(error);
  }
  return infos;
}
