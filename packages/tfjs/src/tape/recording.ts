import type { Tensor } from "@tensorflow/tfjs-core";

import type { GradientRule } from "../gradients/gradient-rule.ts";

/** One kernel that ran on values that depend on what gradients are taken of. */
export interface KernelCall {
  readonly kernel: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, RecordedInput>>;
  readonly outputs: readonly RecordedOutput[];
  /** undefined where none is known. */
  readonly rule: GradientRule | undefined;
  /** Values kept for the formula. */
  readonly saved: ReadonlyMap<string, Tensor>;
  readonly savedOutput: Tensor | undefined;
  /** The value of an input that is one number made during the run, such as the 6 of min(x, 6). */
  readonly scalar: number | undefined;
}

export interface RecordedInput {
  readonly id: number;
  readonly shape: readonly number[];
  /** It depends on what gradients are taken of. */
  readonly live: boolean;
}

export interface RecordedOutput {
  readonly id: number;
  readonly shape: readonly number[];
}

/** A forward run with what its backward run needs. It holds memory until it is disposed. */
export interface Recording {
  readonly calls: readonly KernelCall[];
  /** Values were made whose derivative is zero although they move: rounding, comparisons, integers. */
  readonly hasSteps: boolean;
}

/** Frees what a call kept. */
export function disposeCall(call: KernelCall): void {
  for (const tensor of call.saved.values()) tensor.dispose();
  call.savedOutput?.dispose();
}

/** Frees everything that was kept. May be called after parts were freed. */
export function disposeRecording(recording: Pick<Recording, "calls">): void {
  recording.calls.forEach(disposeCall);
}

/** Bytes that the recording keeps beyond the weights: each piece of memory once. */
export function bytesKept(recording: Recording): number {
  const seen = new Map<object, number>();
  for (const { saved, savedOutput, inputs } of recording.calls) {
    for (const [name, tensor] of saved) if (inputs[name]?.live) seen.set(tensor.dataId, tensor.size * 4);
    if (savedOutput !== undefined) seen.set(savedOutput.dataId, savedOutput.size * 4);
  }
  return [...seen.values()].reduce((sum, bytes) => sum + bytes, 0);
}
