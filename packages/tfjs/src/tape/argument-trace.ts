import type { Tensor } from "@tensorflow/tfjs-core";

import { retain } from "../engine/retain.ts";

/** Activations that turn logits into probabilities, with the name of their argument. core's logSoftmax is no kernel but a custom gradient. */
const FINAL_ACTIVATIONS: Readonly<Record<string, string>> = { Softmax: "logits", Sigmoid: "x", LogSoftmax: "logits", logSoftmax: "0" };

/** Kernels that pass every entry on unchanged and in order, with the name of their input. */
const ORDER_KEEPING: Readonly<Record<string, string>> = { Identity: "x", Reshape: "x", ExpandDims: "input" };

/** The argument of a final activation: id under which it was recorded, and its values. */
export interface Argument {
  readonly id: number;
  readonly tensor: Tensor;
}

/** Remembers what went into every Softmax, LogSoftmax and Sigmoid of a run, so that the one that makes an output can be passed over. */
export class ArgumentTrace {
  readonly #links = new Map<number, number>();
  readonly #arguments = new Map<number, Argument>();

  observe(kernel: string, inputs: Readonly<Record<string, Tensor | undefined>>, outputs: readonly Tensor[]): void {
    const link = inputs[ORDER_KEEPING[kernel] ?? ""];
    if (link !== undefined) this.#links.set(outputs[0]!.id, link.id);
    const argument = inputs[FINAL_ACTIVATIONS[kernel] ?? ""];
    if (argument !== undefined) this.#arguments.set(outputs[0]!.id, { id: argument.id, tensor: retain(argument) });
  }

  /** The argument of the activation that makes this output, looked for behind kernels that only reshape; undefined where there is none. */
  argumentOf(output: number): Argument | undefined {
    const seen = this.#arguments.get(output);
    if (seen !== undefined) return seen;
    const source = this.#links.get(output);
    return source === undefined ? undefined : this.argumentOf(source);
  }

  /** Frees the arguments of activations that make none of these outputs. */
  keepOnly(outputs: readonly number[]): void {
    const kept = new Set(outputs.map((output) => this.argumentOf(output)));
    for (const [id, argument] of this.#arguments) {
      if (kept.has(argument)) continue;
      argument.tensor.dispose();
      this.#arguments.delete(id);
    }
  }

  dispose(): void {
    for (const { tensor } of this.#arguments.values()) tensor.dispose();
    this.#arguments.clear();
  }
}
