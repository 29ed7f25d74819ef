import { type NamedAttrMap, type NamedTensorMap, type Tensor, engine } from "@tensorflow/tfjs-core";

import { identityRule } from "../gradients/arrangement/pass-on.ts";
import type { CheckedCall, GradientRule } from "../gradients/gradient-rule.ts";
import { type RuleSet, findRule } from "../gradients/rule-set.ts";
import { retain } from "../engine/retain.ts";
import { type CustomGradientParams, isCustomGradient, prepareCustomGradient } from "./custom-gradient.ts";
import { checkResultSize } from "./check-result-size.ts";
import { expandFused } from "./expand-fused.ts";
import { KernelTrace, type TracedValue } from "./kernel-trace.ts";
import { type KernelCall, type Recording, disposeRecording } from "./recording.ts";

/** Kernels whose derivative is zero wherever it exists: what follows them carries no gradient. */
export const CONSTANT_KERNELS: ReadonlySet<string> = new Set(["Ceil", "Floor", "FloorDiv", "OnesLike", "Round", "Sign", "Step", "ZerosLike"]);

/** What a function that is recorded may do with its recording. */
export interface Recorder {
  /** Every kernel so far. */
  readonly trace: KernelTrace;
  /** From here on, kernels that depend on this value are recorded. */
  addSource(value: Tensor): void;
  /** Counts a second tensor on the same memory as the value that was recorded under this id. */
  addAlias(id: number, alias: Tensor): void;
}

export interface RecordOptions {
  readonly rules: RuleSet;
  /** Numbers that constants are, by their memory. */
  readonly scalars?: ReadonlyMap<object, number> | undefined;
  /** Keep every input and output, and run fused kernels in their parts: for rules that need more than the gradients do. Default false. */
  readonly whole?: boolean | undefined;
  /** Forms of a kernel that have no gradient count as kernels without a rule, and end nothing. Default false. */
  readonly keepsGoing?: boolean;
}

export interface Recorded<T> {
  readonly result: T;
  readonly recording: Recording;
}

/**
 * Runs a synchronous function and records the kernels that depend on the sources that it adds. Core's own tape and gradient registry stay
 * untouched: the engine's `runKernel` is listened to while the function runs, so fused kernels run as in inference and no tensor is copied.
 * Whatever happens, the engine is as before when this returns.
 */
export function record<T>(options: RecordOptions, run: (recorder: Recorder) => T): Recorded<T> {
  const listener = new Listener(options);
  const release = listener.attach();
  try {
    return { result: run(listener), recording: { calls: listener.calls, hasSteps: listener.hasSteps } };
  } catch (error) {
    disposeRecording({ calls: listener.calls });
    throw error;
  } finally {
    listener.trace.dispose();
    release();
  }
}

/** The engine's methods that are listened to. */
interface ListenedEngine {
  runKernel(kernel: string, inputs: NamedTensorMap, attrs?: NamedAttrMap): Tensor | Tensor[];
  runKernelFunc(params: object): Tensor | Tensor[];
  makeTensor(values: ArrayLike<unknown>, ...rest: readonly unknown[]): Tensor;
}

/** Tensors by name as kernels take them: optional ones may be missing, and variadic kernels pass a list. */
type KernelInputs = Readonly<Record<string, Tensor | undefined>>;

class Listener implements Recorder {
  readonly calls: KernelCall[] = [];
  readonly trace: KernelTrace = new KernelTrace();
  hasSteps = false;
  readonly #rules: RuleSet;
  readonly #live = new Set<number>();
  readonly #scalars: Map<object, number>;
  readonly #keepsGoing: boolean;
  readonly #whole: boolean;
  #paused = false;
  /** Elements of the largest source. */
  #source = 0;

  constructor({ rules, scalars, keepsGoing = false, whole = false }: RecordOptions) {
    this.#whole = whole;
    this.#keepsGoing = keepsGoing;
    this.#rules = rules;
    this.#scalars = new Map(scalars);
  }

  addSource({ id, size }: Tensor): void {
    this.#live.add(id);
    this.#source = Math.max(this.#source, size);
  }

  addAlias(id: number, alias: Tensor): void {
    if (!this.#live.has(id)) return;
    this.#live.add(alias.id);
    const { shape } = alias;
    this.calls.push({
      kernel: "Identity",
      attrs: {},
      inputs: { x: { id, shape, live: true } },
      outputs: [{ id: alias.id, shape }],
      rule: identityRule,
      saved: new Map(),
      savedOutput: undefined,
      scalar: undefined,
    });
  }

  /** Starts listening; the function returned stops it. */
  attach(): () => void {
    const target = engine() as unknown as ListenedEngine;
    const { runKernel, runKernelFunc, makeTensor } = target;
    const before = Object.getOwnPropertyDescriptors(target);
    target.runKernel = (kernel, inputs, attrs = {}) => {
      const expanded = expandFused(kernel, inputs, attrs, this.#whole);
      if (expanded !== null) return expanded;
      checkResultSize(kernel, inputs, attrs, this.#source);
      const outputs = runKernel.call(target, kernel, inputs, attrs);
      if (!this.#paused) this.#observe(kernel, inputs, attrs, outputs);
      return outputs;
    };
    target.runKernelFunc = (params) =>
      !this.#paused && isCustomGradient(params) ? this.#recordCustom(params, (own) => runKernelFunc.call(target, own)) : runKernelFunc.call(target, params);
    target.makeTensor = (values, ...rest) => {
      const tensor = makeTensor.call(target, values, ...rest);
      if (tensor.size === 1 && tensor.dtype !== "string") this.#scalars.set(tensor.dataId, Number(values[0]));
      return tensor;
    };
    return () => {
      for (const method of ["runKernel", "runKernelFunc", "makeTensor"] as const) {
        const own = before[method];
        if (own === undefined) delete (target as Partial<ListenedEngine>)[method];
        else Object.defineProperty(target, method, own);
      }
    };
  }

  #observe(kernel: string, inputs: KernelInputs, attrs: NamedAttrMap, result: Tensor | Tensor[]): void {
    const outputs = Array.isArray(result) ? result : [result];
    this.#observeTrace(kernel, inputs, attrs, outputs);
    if (!this.#isLive(inputs)) return;
    if (CONSTANT_KERNELS.has(kernel) || !outputs.some(carriesGradient)) {
      this.hasSteps ||= !kernel.endsWith("sLike");
      return;
    }
    this.#push(kernel, inputs, attrs, outputs, findRule(this.#rules, kernel));
  }

  #observeTrace(kernel: string, inputs: KernelInputs, attrs: NamedAttrMap, outputs: readonly Tensor[]): void {
    const traced = ({ id, shape, dataId }: Tensor): TracedValue => ({ id, shape, constant: this.#scalars.get(dataId) });
    const present = Object.entries(inputs).filter((entry): entry is [string, Tensor] => entry[1] !== undefined && entry[1] !== null);
    this.trace.observe(
      { kernel, attrs, inputs: Object.fromEntries(present.map(([name, tensor]) => [name, traced(tensor)])), outputs: outputs.map(traced) },
      inputs,
    );
  }

  #isLive(inputs: KernelInputs): boolean {
    return Object.values(inputs).some((tensor) => tensor !== undefined && tensor !== null && this.#live.has(tensor.id));
  }

  #push(
    kernel: string,
    inputs: KernelInputs,
    attrs: NamedAttrMap,
    outputs: readonly Tensor[],
    found: GradientRule | undefined,
    saved: readonly Tensor[] = [],
  ): void {
    const present = Object.entries(inputs).filter((entry): entry is [string, Tensor] => entry[1] !== undefined && entry[1] !== null);
    const rule = this.#usable(found, {
      attrs,
      shapes: Object.fromEntries(present.map(([name, { shape }]) => [name, shape])),
      outputShapes: outputs.map(({ shape }) => shape),
    });
    for (const { id } of outputs.filter(carriesGradient)) this.#live.add(id);
    const all = this.#whole ? present.filter(([, { dtype }]) => dtype !== "string") : [];
    const wanted = new Set([...all.map(([name]) => name), ...present.filter(([, { id }]) => this.#live.has(id)).flatMap(([name]) => neededBy(rule, name))]);
    const scalar = present.map(([, { dataId }]) => this.#scalars.get(dataId)).find((value) => value !== undefined);
    this.calls.push({
      kernel,
      attrs,
      inputs: Object.fromEntries(present.map(([name, { id, shape }]) => [name, { id, shape: [...shape], live: this.#live.has(id) }])),
      outputs: outputs.map(({ id, shape }) => ({ id, shape: [...shape] })),
      rule,
      saved: new Map([
        ...present.filter(([name]) => wanted.has(name)).map(([name, tensor]) => [name, retain(tensor)] as const),
        ...saved.map((tensor, i) => [`saved ${i}`, tensor] as const),
      ]),
      savedOutput: this.#whole || rule?.needsOutput ? retain(outputs[0]!) : undefined,
      scalar,
    });
  }

  /** @throws {XDeepError} GRADIENT_MISSING for a form of the kernel that has no gradient, unless such forms count as kernels without a rule */
  #usable(rule: GradientRule | undefined, call: CheckedCall): GradientRule | undefined {
    try {
      rule?.check?.(call);
      return rule;
    } catch (error) {
      if (!this.#keepsGoing) throw error;
      return undefined;
    }
  }

  /** A function that came with its own gradient: recorded as one step, as core's tape does. */
  #recordCustom(params: CustomGradientParams, run: (params: object) => Tensor | Tensor[]): Tensor | Tensor[] {
    const custom = prepareCustomGradient(params);
    this.#paused = true;
    try {
      const result = run(custom.params);
      const outputs = Array.isArray(result) ? result : [result];
      this.#observeTrace(custom.name, params.inputs, {}, outputs);
      if (this.#isLive(params.inputs)) this.#push(custom.name, params.inputs, {}, outputs, custom.rule, custom.saved.splice(0));
      return result;
    } finally {
      this.#paused = false;
      custom.saved.forEach((tensor) => tensor.dispose());
    }
  }
}

/** Complex numbers do too, though few kernels of theirs have a rule: they must not pass for constants. */
function carriesGradient({ dtype }: Tensor): boolean {
  return dtype === "float32" || dtype === "complex64";
}

function neededBy(rule: GradientRule | undefined, input: string): readonly string[] {
  return rule?.needs[input] ?? rule?.needs["*"] ?? [];
}
