import { type Attribution, type ExplainOptions, type Explainer, type FloatTensor, type Input, type Model, type Tensor, float32 } from "@xdeep/core";
import { concatRows, createAttribution, createNoise, mirrorInput, resolveInput, weightRows } from "@xdeep/core/method";

export function numbers(seed: number, count: number): Float32Array {
  return Float32Array.from(createNoise(seed).next(count));
}

/** An attribution by itself, as a file of others may hold it. */
export function stored(values: Tensor, { method = "vanilla", layer }: { readonly method?: string; readonly layer?: string } = {}): Attribution {
  return createAttribution({
    values: values as never,
    target: Array.from({ length: values.dims[0]! }, () => 0),
    scores: new Float32Array(values.dims[0]!),
    output: "y",
    ...(layer === undefined ? {} : { layer }),
    provenance: { method: { name: method, parameters: {} }, rule: "standard", rectifiers: 0, score: "logit", backend: "b", engine: "e", versions: {} },
  });
}

/** A method of others, which gives the same values whatever it is asked. */
export function constantMethod(model: Model, values: Tensor, name = "constant"): Explainer {
  const explain = async (input: Input, { weights }: ExplainOptions = {}): Promise<Attribution> => {
    const { feeds, rows } = await resolveInput(model, input);
    const { target, scores, output, score } = await model.forward({ feeds, target: 0 });
    return createAttribution({
      values: mirrorInput(model, input, {
        [model.inputs[0]!.name]: weightRows(concatRows(Array.from({ length: rows }, () => values)) as FloatTensor, weights),
      }) as never,
      target,
      scores,
      output,
      provenance: {
        method: { name, parameters: {} },
        rule: "standard",
        rectifiers: 0,
        score,
        backend: model.backend,
        engine: model.engine,
        versions: {},
      },
    });
  };
  return { model, method: { name, parameters: {} }, explain } as never;
}

export const row = (...data: number[]): Tensor & { readonly data: Float32Array } => float32([1, data.length], data) as never;

export function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, i) => permutations(items.filter((_, k) => k !== i)).map((rest) => [item, ...rest]));
}
