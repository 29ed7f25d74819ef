import { type FloatTensor, type Model, type Target, type Tensor, float32 } from "@xdeep/core";

/** The straight path from a baseline of zeros to an input, point by point. */
export interface Path {
  /** α of each point, at the middle of its step. */
  readonly alphas: readonly number[];
  /** F at each point. */
  readonly scores: readonly number[];
  /** F at the baseline and at the input. */
  readonly ends: readonly [number, number];
  /** Σ of the gradients up to each point, by n, times the input. */
  readonly sums: readonly FloatTensor[];
}

export interface FollowOptions {
  readonly model: Model;
  readonly input: string;
  readonly x: FloatTensor;
  readonly target: Target;
  readonly output: string;
  readonly steps: number;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** Follows the path of integrated gradients, one point at a time, and keeps what was found at each. */
export async function followPath({ model, input, x, target, output, steps, signal, onProgress }: FollowOptions): Promise<Path> {
  const alphas = Array.from({ length: steps }, (_, n) => (n + 0.5) / steps);
  const at = (alpha: number): Readonly<Record<string, Tensor>> => ({
    [input]: float32(
      x.dims,
      x.data.map((value) => value * alpha),
    ),
  });
  const ask = { target, output, signal } as const;
  const scores: number[] = [];
  const sums: FloatTensor[] = [];
  for (const alpha of alphas) {
    const { scores: found, gradients } = await model.vjp({ feeds: at(alpha), wrt: [input], outputs: [], ...ask });
    const gradient = gradients[input]!.data;
    const before = sums.at(-1)?.data;
    scores.push(found[0]!);
    sums.push(
      float32(
        x.dims,
        x.data.map((value, n) => (before?.[n] ?? 0) + (gradient[n]! * value) / steps),
      ),
    );
    onProgress(sums.length, steps);
  }
  const [start, end] = [await model.forward({ feeds: at(0), outputs: [], ...ask }), await model.forward({ feeds: at(1), outputs: [], ...ask })];
  return { alphas, scores, sums, ends: [start.scores[0]!, end.scores[0]!] };
}
