import type { Activation, Model, Target, Tensor, ValueInfo } from "@xdeep/core";
import { isFloatType, toFloat64 } from "@xdeep/core/method";

/** What a model says to an input. */
export interface ScoreList {
  readonly output: string;
  readonly activation: Activation | null;
  /** One per class, where the rows of the output are classes; null where they have more axes than one. */
  readonly classes: Float64Array | null;
}

/** The output that is explained: the first of floats. */
export function explainedOutput(model: Model): ValueInfo | undefined {
  return model.outputs.find(({ type }) => isFloatType(type));
}

export async function scoreList(model: Model, feeds: Readonly<Record<string, Tensor>>, signal: AbortSignal): Promise<ScoreList> {
  const { name, activation = null } = explainedOutput(model)!;
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
