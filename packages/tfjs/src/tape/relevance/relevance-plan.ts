import { XDeepError } from "@xdeep/core";
import type { Tensor } from "@tensorflow/tfjs-core";

import type { PullbackCall } from "../../gradients/gradient-rule.ts";
import type { RectifierPlan } from "../rectifier.ts";
import type { KernelCall, Recording } from "../recording.ts";
import { callsOnPath } from "../reverse.ts";

/** How a rule passes a call; "gradient" where as its own gradient does, null where it has none for it. */
export type Passage = "gradient" | ((call: KernelCall, context: PullbackCall) => Readonly<Record<string, Tensor>>) | null;

/**
 * A rule that says of every call how it is passed.
 *
 * @throws {XDeepError} MODEL_UNSUPPORTED naming every kernel between the sources and the score that it has no form for
 */
export function relevancePlan(rule: string, recording: Recording, of: number, passageOf: (call: KernelCall) => Passage): RectifierPlan {
  const passages = new Map(callsOnPath(recording, of).map((call) => [call, passageOf(call)] as const));
  const refused = [...new Set([...passages].flatMap(([{ kernel }, passage]) => (passage === null ? [kernel] : [])))].toSorted();
  if (refused.length > 0) {
    throw new XDeepError("MODEL_UNSUPPORTED", `The rule "${rule}" has no form for ${refused.join(", ")}, which lies between the input and the score.`, {
      details: { rule, kernels: refused },
    });
  }
  return {
    counts: () => false,
    pullback(call, context) {
      const passage = passages.get(call);
      return typeof passage === "function" ? passage(call, context) : null;
    },
  };
}

/** The inputs of a call that depend on what is attributed to. */
export function liveInputs({ inputs }: KernelCall): readonly string[] {
  return Object.entries(inputs).flatMap(([name, { live }]) => (live ? [name] : []));
}
