import { type DifferentiateOptions, differentiate } from "@xdeep/autodiff";
import { type ModelProto, type NodeProto, modelProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { type Value64, evaluate, value64 } from "@xdeep/reference";

/** A model of floats, with int64 lists as constants. */
export function twoRunModel(
  nodes: readonly NodeProto[],
  inputs: Readonly<Record<string, readonly (number | null)[]>>,
  lists: Readonly<Record<string, readonly number[]>> = {},
): ModelProto {
  return modelProto({
    nodes,
    inputs: Object.entries(inputs).map(([name, dims]) => valueInfoProto(name, "float32", dims)),
    outputs: [valueInfoProto("y", "float32", null)],
    initializers: Object.entries(lists).map(([name, list]) =>
      tensorProto(name, { type: "int64", dims: [list.length], data: BigInt64Array.from(list, BigInt) }),
    ),
  });
}

export function floats(dims: readonly number[], values: Iterable<number>): Value64 {
  return value64("float32", dims, Float64Array.from(values));
}

export interface TwoRuns {
  /** R by input. */
  readonly relevance: Readonly<Record<string, readonly number[]>>;
  /** Σ ȳ (y − y′). */
  readonly change: number;
  readonly notes: readonly string[];
}

/** DeepLIFT from `reference` to `feeds`, in float64. */
export function twoRuns(
  model: ModelProto,
  feeds: Readonly<Record<string, Value64>>,
  reference: Readonly<Record<string, Value64>>,
  cotangent?: readonly number[],
  wrt: DifferentiateOptions["wrt"] = Object.keys(feeds),
): TwoRuns {
  const gradient = differentiate(model, { of: "y", wrt, rule: "deeplift" });
  const [y, other] = [feeds, reference].map((fed) => evaluate(model, fed)["y"]!) as [Value64, Value64];
  const dy = cotangent ?? Array.from(y.data, () => 1);
  const fed = {
    ...feeds,
    [gradient.cotangent]: floats(y.dims, dy),
    ...Object.fromEntries(Object.entries(gradient.references).map(([from, to]) => [to, reference[from]!])),
  };
  const results = evaluate(gradient.model, fed, { outputs: Object.values(gradient.gradients) });
  return {
    relevance: Object.fromEntries(Object.entries(gradient.gradients).map(([name, output]) => [name, [...results[output]!.data]])),
    change: y.data.reduce((sum, value, i) => sum + dy[i]! * (value - other.data[i]!), 0),
    notes: gradient.notes,
  };
}

export function total({ relevance }: TwoRuns): number {
  return Object.values(relevance)
    .flat()
    .reduce((sum, value) => sum + value, 0);
}
