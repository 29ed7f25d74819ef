import type { ModelInspection } from "@xdeep/autodiff";
import type { Activation, Model, Target, Tensor, ValueInfo } from "@xdeep/core";
import { isFloatType, resolveOutput, toFloat64 } from "@xdeep/core/method";

/** What a model says to an input. */
export interface ScoreList {
  readonly output: string;
  readonly activation: Activation | null;
  /** One per class, where the rows of the output are classes; null where they have more axes than one. */
  readonly classes: Float64Array | null;
}

/** What can be explained: an output of floats, or a value inside where no output can. */
export type Explained = Pick<ValueInfo, "name" | "activation">;

/** @param inspection of an ONNX file; of TensorFlow.js every output of floats can be explained */
export function explainedValues({ outputs }: Pick<Model, "outputs">, inspection: Pick<ModelInspection, "outputs"> | null): readonly Explained[] {
  const floats = outputs.filter(({ type }) => isFloatType(type));
  const inspected = inspection?.outputs ?? [];
  const explainable = floats.filter(({ name }) => inspected.find((output) => output.name === name)?.explainable !== false);
  if (explainable.length > 0) return explainable;
  // What an ArgMax reads, for instance. Where nothing can be explained, the model says why.
  const inside = new Set(inspected.flatMap(({ instead }) => instead));
  return inside.size > 0 ? Array.from(inside, (name) => ({ name })) : floats;
}

/** @throws {XDeepError} OUTPUT_UNKNOWN for a model without anything to explain */
export async function scoreList(
  model: Model,
  explained: Explained | undefined,
  feeds: Readonly<Record<string, Tensor>>,
  signal: AbortSignal,
): Promise<ScoreList> {
  const { name, activation = null } = explained ?? resolveOutput(model.outputs);
  const { outputs } = await model.forward({ feeds, outputs: [name], signal });
  const tensor = outputs[name]!;
  const long = tensor.dims.slice(1).filter((dim) => dim > 1);
  return { output: name, activation, classes: long.length > 1 ? null : toFloat64(tensor).slice(0, long[0] ?? 1) };
}

/** Classes, the highest first. */
export function highest(classes: Float64Array, count: number): readonly number[] {
  return Array.from(classes.keys())
    .sort((a, b) => classes[b]! - classes[a]!)
    .slice(0, count);
}

export function targetName(target: Target | null, labels: readonly string[]): string {
  if (target === null) return "the highest entry";
  if (typeof target === "number") return labels[target] === undefined ? `class ${target}` : labels[target];
  return "index" in target ? `entry ${target.index.join(", ")}` : JSON.stringify(target);
}
