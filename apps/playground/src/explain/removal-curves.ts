import { type Attribution, type FloatTensor, type Input, type Model, float32, isTensor } from "@xdeep/core";
import { createAttribution, createNoise } from "@xdeep/core/method";
import { type Curve, deletion, insertion, measure } from "@xdeep/metrics";

/** The score while the highest places leave, and while they return, with the areas under both curves. */
export interface RemovalCurves {
  readonly deletion: Curve;
  readonly insertion: Curve;
  readonly deletionArea: number;
  readonly insertionArea: number;
}

const STEPS = 20;

/** Curves of a map, or of a random order of its places. */
export async function removalCurves(model: Model, input: Input, attribution: Attribution<Input>, signal: AbortSignal): Promise<RemovalCurves> {
  const { gone, back } = await measure({ model, input, attribution }, { gone: deletion({ steps: STEPS }), back: insertion({ steps: STEPS }) }, { signal });
  return { deletion: gone.curves![0]!, insertion: back.curves![0]!, deletionArea: gone.values[0]!, insertionArea: back.values[0]! };
}

/** An attribution that says nothing: a random order of the places, the same one every time. */
export function randomAttribution(attribution: Attribution<Input>): Attribution<Input> {
  const noise = createNoise(1);
  const random = ({ dims, data }: FloatTensor): FloatTensor => float32(dims, Float32Array.from(noise.next(data.length)));
  const { values } = attribution;
  const drawn = isTensor(values)
    ? random(values as FloatTensor)
    : Object.fromEntries(Object.entries(values as Record<string, FloatTensor>).map(([name, tensor]) => [name, random(tensor)]));
  return createAttribution({ ...attribution, values: drawn as never });
}
