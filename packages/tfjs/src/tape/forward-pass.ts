import { type Score, type Tensor as PlainTensor, XDeepError, isXDeepError } from "@xdeep/core";
import { type Tensor, engine, tidy } from "@tensorflow/tfjs-core";

import { retain } from "../engine/retain.ts";
import type { Network } from "../networks/network.ts";
import type { RuleSet } from "../gradients/rule-set.ts";
import { record } from "./record.ts";
import { type Recording, disposeRecording } from "./recording.ts";
import { upload } from "../engine/transfer.ts";

/** A value of a run: the id under which it was recorded, and its memory. */
export interface RunValue {
  readonly id: number;
  readonly tensor: Tensor;
}

/** One run of a network, with what its backward run needs. It holds memory until it is disposed. */
export interface ForwardPass {
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly recording: Recording;
  /** Ids of the inputs that gradients can be taken of. */
  readonly sources: ReadonlyMap<string, number>;
  /** Their shapes. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** What a score of this output means: the argument of its final activation, or the output itself. */
  scored(output: string, score: Score): RunValue;
  dispose(): void;
}

/**
 * Runs the network on plain data, recording what depends on the inputs named in `wrt`. Synchronous.
 *
 * @throws {XDeepError} ENGINE_FAILED when the engine throws
 */
export function forwardPass(network: Network, feeds: Readonly<Record<string, PlainTensor>>, wrt: readonly string[], rules: RuleSet): ForwardPass {
  if (engine().state.gradientDepth > 0)
    throw new XDeepError("ENGINE_FAILED", "A model cannot be explained inside tf.grad: its gradients would be recorded twice.");
  let pass: ForwardPass | undefined;
  try {
    tidy(() => {
      const inputs = Object.fromEntries(Object.entries(feeds).map(([name, plain]) => [name, upload(plain)]));
      const sources = new Map(wrt.map((name) => [name, inputs[name]!.id]));
      const { result, recording, trace } = record(
        wrt.map((name) => inputs[name]!),
        rules,
        () => network.run(inputs),
      );
      const ids = new Map(Object.entries(result).map(([name, { id }]) => [name, id]));
      trace.keepOnly([...ids.values()]);
      const outputs = Object.fromEntries(Object.entries(result).map(([name, tensor]) => [name, retain(tensor)]));
      pass = {
        outputs,
        recording,
        sources,
        shapes: new Map(wrt.map((name) => [name, feeds[name]!.dims])),
        scored: (output, score) => (score === "logit" ? trace.argumentOf(ids.get(output)!) : undefined) ?? { id: ids.get(output)!, tensor: outputs[output]! },
        dispose() {
          disposeRecording(recording);
          trace.dispose();
          for (const tensor of Object.values(outputs)) tensor.dispose();
        },
      };
    });
  } catch (error) {
    throw asEngineError(error);
  }
  return pass!;
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
