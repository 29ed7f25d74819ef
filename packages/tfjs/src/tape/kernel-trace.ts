import type { Tensor } from "@tensorflow/tfjs-core";

import { retain } from "../engine/retain.ts";

/** A kernel that ran, whether or not it leads to a gradient. */
export interface TracedCall {
  readonly kernel: string;
  readonly inputs: Readonly<Record<string, TracedValue>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly outputs: readonly TracedValue[];
}

export interface TracedValue {
  readonly id: number;
  readonly shape: readonly number[];
  /** The number that it is everywhere, where that is known. */
  readonly constant: number | undefined;
}

/** What an activation may be applied to, by the kernel that reads it: these values are kept until the end of a run. */
const KEPT: Readonly<Record<string, string>> = { Softmax: "logits", Sigmoid: "x", LogSoftmax: "logits", logSoftmax: "0", Exp: "x", Tanh: "x" };

/** Kernels between a maximum and where it is subtracted. */
export const LEADING_TO_MAXIMUM: ReadonlySet<string> = new Set(["Cast", "ExpandDims", "Identity", "Max", "Reshape", "Tile"]);

/** All kernels of a run by what they made, with the values that a final activation may be applied to. */
export class KernelTrace {
  readonly #makers = new Map<number, TracedCall>();
  readonly #constants = new Map<number, number>();
  readonly #kept = new Map<number, Tensor>();

  observe(call: TracedCall, inputs: Readonly<Record<string, Tensor | undefined>>): void {
    this.#makers.set(call.outputs[0]!.id, call);
    const constant = constantOf(call);
    if (constant !== undefined) this.#constants.set(call.outputs[0]!.id, constant);
    const name = KEPT[call.kernel] ?? (call.kernel === "Sub" && this.#isMaximum(call.inputs["b"]!) ? "a" : "");
    const argument = inputs[name];
    if (argument !== undefined && !this.#kept.has(argument.id)) this.#kept.set(argument.id, retain(argument));
  }

  /** In the order in which they ran. */
  calls(): Iterable<TracedCall> {
    return this.#makers.values();
  }

  makerOf(id: number): TracedCall | undefined {
    return this.#makers.get(id);
  }

  constantOf({ id, constant }: TracedValue): number | undefined {
    return constant ?? this.#constants.get(id);
  }

  /** A value that was kept; the caller's from now on. */
  take(id: number): Tensor {
    const tensor = this.#kept.get(id)!;
    this.#kept.delete(id);
    return tensor;
  }

  dispose(): void {
    for (const tensor of this.#kept.values()) tensor.dispose();
    this.#kept.clear();
  }

  #isMaximum({ id }: TracedValue): boolean {
    for (let call = this.#makers.get(id); call !== undefined; call = this.#makers.get(Object.values(call.inputs)[0]!.id)) {
      if (!LEADING_TO_MAXIMUM.has(call.kernel)) return false;
      if (call.kernel === "Max") return true;
    }
    return false;
  }
}

function constantOf({ kernel, attrs, inputs }: TracedCall): number | undefined {
  if (kernel === "OnesLike") return 1;
  if (kernel === "ZerosLike") return 0;
  if (kernel === "Fill") return Number(attrs["value"]);
  // A constant in another shape.
  return ["Cast", "ExpandDims", "Identity", "Reshape", "Tile"].includes(kernel) ? Object.values(inputs)[0]?.constant : undefined;
}
