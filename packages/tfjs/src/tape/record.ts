import { type NamedAttrMap, type NamedTensorMap, type Tensor, engine } from "@tensorflow/tfjs-core";

import { ArgumentTrace } from "./argument-trace.ts";
import { type CustomGradientParams, isCustomGradient, prepareCustomGradient } from "./custom-gradient.ts";
import { expandFused } from "./expand-fused.ts";
import type { GradientRule } from "../gradients/gradient-rule.ts";
import { type RuleSet, findRule } from "../gradients/rule-set.ts";
import { retain } from "../engine/retain.ts";
import { type KernelCall, type Recording, disposeRecording } from "./recording.ts";

/** Kernels whose derivative is zero wherever it exists: what follows them carries no gradient. */
const CONSTANT_KERNELS: ReadonlySet<string> = new Set(["Ceil", "Floor", "FloorDiv", "OnesLike", "Round", "Sign", "Step", "ZerosLike"]);

export interface Recorded<T> {
  readonly result: T;
  readonly recording: Recording;
  /** Finds the argument of a final activation. Must be disposed. */
  readonly trace: ArgumentTrace;
}

/**
 * Runs a synchronous function and records the kernels that depend on `sources`. Core's own tape and gradient registry stay untouched: the
 * engine's `runKernel` is listened to while the function runs, so fused kernels run as in inference and no tensor is copied.
 * Whatever happens, the engine is as before when this returns.
 */
export function record<T>(sources: readonly Tensor[], rules: RuleSet, run: () => T): Recorded<T> {
  const recorder = new Recorder(sources, rules);
  const release = recorder.attach();
  try {
    return { result: run(), recording: { calls: recorder.calls }, trace: recorder.trace };
  } catch (error) {
    disposeRecording({ calls: recorder.calls });
    recorder.trace.dispose();
    throw error;
  } finally {
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

class Recorder {
  readonly calls: KernelCall[] = [];
  readonly trace: ArgumentTrace = new ArgumentTrace();
  readonly #rules: RuleSet;
  readonly #live: Set<number>;
  readonly #scalars = new Map<object, number>();
  #paused = false;

  constructor(sources: readonly Tensor[], rules: RuleSet) {
    this.#rules = rules;
    this.#live = new Set(sources.map(({ id }) => id));
  }

  /** Starts listening; the function returned stops it. */
  attach(): () => void {
    const target = engine() as unknown as ListenedEngine;
    const { runKernel, runKernelFunc, makeTensor } = target;
    const before = Object.getOwnPropertyDescriptors(target);
    target.runKernel = (kernel, inputs, attrs = {}) => {
      const expanded = expandFused(kernel, inputs, attrs);
      if (expanded !== null) return expanded;
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
    this.trace.observe(kernel, inputs, outputs);
    if (!this.#isLive(inputs) || CONSTANT_KERNELS.has(kernel) || !outputs.some(carriesGradient)) return;
    this.#push(kernel, inputs, attrs, outputs, findRule(this.#rules, kernel));
  }

  #isLive(inputs: KernelInputs): boolean {
    return Object.values(inputs).some((tensor) => tensor !== undefined && tensor !== null && this.#live.has(tensor.id));
  }

  #push(
    kernel: string,
    inputs: KernelInputs,
    attrs: NamedAttrMap,
    outputs: readonly Tensor[],
    rule: GradientRule | undefined,
    saved: readonly Tensor[] = [],
  ): void {
    const present = Object.entries(inputs).filter((entry): entry is [string, Tensor] => entry[1] !== undefined && entry[1] !== null);
    rule?.check?.({ attrs, shapes: Object.fromEntries(present.map(([name, { shape }]) => [name, shape])), outputShapes: outputs.map(({ shape }) => shape) });
    for (const { id } of outputs.filter(carriesGradient)) this.#live.add(id);
    const wanted = new Set(present.filter(([, { id }]) => this.#live.has(id)).flatMap(([name]) => neededBy(rule, name)));
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
      savedOutput: rule?.needsOutput ? retain(outputs[0]!) : undefined,
      scalar,
    });
  }

  /** A function that came with its own gradient: recorded as one step, as core's tape does. */
  #recordCustom(params: CustomGradientParams, run: (params: object) => Tensor | Tensor[]): Tensor | Tensor[] {
    const custom = prepareCustomGradient(params);
    this.#paused = true;
    try {
      const result = run(custom.params);
      const outputs = Array.isArray(result) ? result : [result];
      this.trace.observe(custom.name, params.inputs, outputs);
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
