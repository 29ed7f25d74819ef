import { XDeepError } from "@xdeep/core";
import { type Tensor, add, tidy } from "@tensorflow/tfjs-core";

import type { FilterCache } from "../formulas/filter-cache.ts";
import type { PullbackCall } from "../gradients/gradient-rule.ts";
import { alias } from "../engine/retain.ts";
import type { RectifierPlan } from "./rectifier.ts";
import { type KernelCall, type Recording, disposeCall } from "./recording.ts";
import { sumToShape } from "../formulas/sum-to-shape.ts";

export interface BackwardOptions {
  /** Id of the value that the cotangent belongs to. */
  readonly of: number;
  readonly cotangent: Tensor;
  /** Ids of the values that gradients are taken of. */
  readonly wrt: readonly number[];
  readonly rectifiers: RectifierPlan;
  readonly cache: FilterCache;
  /** The recording is read again by another backward run. */
  readonly isReadAgain?: boolean | undefined;
}

export interface BackwardResult {
  /** By the ids of `wrt`; none where no gradient path leads to the value. */
  readonly gradients: ReadonlyMap<number, Tensor>;
  /** How many rectifiers a modified rule acted on. */
  readonly rectifiers: number;
}

/**
 * Carries a cotangent back through a recording, and frees each call's memory as soon as it was passed for the last time. To be called inside a tidy.
 *
 * @throws {XDeepError} GRADIENT_MISSING, naming every kernel on the way that has no gradient, before any kernel runs
 */
export function backward(recording: Recording, { of, cotangent, wrt, rectifiers, cache, isReadAgain = false }: BackwardOptions): BackwardResult {
  checkCoverage(recording, of);
  const cotangents = new Map<number, Tensor>([[of, cotangent]]);
  const kept = new Set(wrt);
  let acted = 0;
  for (const call of recording.calls.toReversed()) {
    const dys = call.outputs.map(({ id }) => cotangents.get(id) ?? null);
    if (dys.some((dy) => dy !== null)) {
      if (rectifiers.counts(call)) acted += 1;
      const gradients = tidy(() => pullBack(call, dys, rectifiers, cache));
      for (const [name, gradient] of Object.entries(gradients)) accumulate(cotangents, call.inputs[name]!.id, gradient);
      call.outputs.forEach(({ id }, i) => {
        if (kept.has(id)) return;
        cotangents.delete(id);
        if (dys[i] !== cotangent) dys[i]?.dispose();
      });
    }
    if (!isReadAgain) disposeCall(call);
  }
  return { gradients: new Map(wrt.flatMap((id) => (cotangents.has(id) ? [[id, cotangents.get(id)!] as const] : []))), rectifiers: acted };
}

/** The calls that lead from the sources of a recording to one of its values, the last first. */
export function callsOnPath({ calls }: Recording, of: number): readonly KernelCall[] {
  const reached = new Set([of]);
  return calls.toReversed().filter(({ inputs, outputs }) => {
    const isOnPath = outputs.some(({ id }) => reached.has(id));
    if (isOnPath) for (const { id, live } of Object.values(inputs)) if (live) reached.add(id);
    return isOnPath;
  });
}

/** Kernels without a gradient between the sources of a recording and one of its values: names as in "TopK" or "Conv2D (filter)", once each. */
export function missingGradients(recording: Recording, of: number): readonly string[] {
  const missing = callsOnPath(recording, of).flatMap(({ kernel, rule, inputs }) => {
    if (rule === undefined) return [kernel];
    const without = Object.entries(inputs).filter(([name, { live }]) => live && !(name in rule.needs) && !("*" in rule.needs));
    return without.map(([name]) => `${kernel} (${name})`);
  });
  return [...new Set(missing)].toSorted();
}

function checkCoverage(recording: Recording, of: number): void {
  const missing = missingGradients(recording, of);
  if (missing.length === 0) return;
  throw new XDeepError(
    "GRADIENT_MISSING",
    `No gradient is known for ${missing.join(", ")}, which lies between the input and the score. Explain another output, or pass rules: loadModel(source, { rules: [mine] }). Importing @tensorflow/tfjs-layers registers the gradients of TensorFlow.js.`,
    { details: { kernels: missing } },
  );
}

/** Cotangents of the inputs, each a tensor of its own, though a formula may hand on ȳ itself. */
function pullBack(call: KernelCall, dys: readonly (Tensor | null)[], rectifiers: RectifierPlan, cache: FilterCache): Record<string, Tensor> {
  const rule = call.rule!;
  const dy = dys[0]!;
  const context: PullbackCall = {
    dy,
    dys,
    attrs: call.attrs,
    shapes: Object.fromEntries(Object.entries(call.inputs).map(([name, { shape }]) => [name, shape])),
    outputShapes: call.outputs.map(({ shape }) => shape),
    wants: (input) => call.inputs[input]?.live ?? false,
    input: (name) => call.saved.get(name)!,
    output: call.savedOutput!,
    cache,
  };
  const gradients = rectifiers.pullback(call, context) ?? rule.pullback(context);
  const taken = new Set<Tensor | null>(dys);
  const own = (dx: Tensor): Tensor => {
    const result = taken.has(dx) ? alias(dx) : dx;
    taken.add(result);
    return result;
  };
  return Object.fromEntries(
    Object.entries(gradients)
      .filter(([name]) => context.wants(name))
      .map(([name, dx]) => [name, own(sumToShape(dx, call.inputs[name]!.shape))]),
  );
}

/** Sums cotangents of a value that several kernels read. */
function accumulate(cotangents: Map<number, Tensor>, id: number, gradient: Tensor): void {
  const known = cotangents.get(id);
  if (known === undefined) {
    cotangents.set(id, gradient);
    return;
  }
  cotangents.set(id, add(known, gradient));
  known.dispose();
  gradient.dispose();
}
