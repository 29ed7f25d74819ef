import { type FloatTensor, type Model, type Target, type Tensor, float32 } from "@xdeep/core";
import { feedInner, movedByDefault, resolveWrt, writePathPoint } from "@xdeep/core/method";

/** Values by the name of the input, or of the value inside, that moves. */
export type PathValues = Readonly<Record<string, FloatTensor>>;

/** The straight path from a baseline to an input, point by point. */
export interface Path {
  /** α of each point, at the middle of its step. */
  readonly alphas: readonly number[];
  /** F at each point. */
  readonly scores: readonly number[];
  /** F at the baseline and at the input. */
  readonly ends: readonly [number, number];
  /** Σ of the gradients up to each point, by n, times the way from the baseline to the input; before the first point, nothing. */
  readonly sums: readonly PathValues[];
}

export interface FollowOptions {
  readonly model: Model;
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** Inputs at the baseline, where values inside move; without it, all that moves starts at zero. */
  readonly baseline: Readonly<Record<string, Tensor>> | undefined;
  /** What moves; default: the float inputs. */
  readonly wrt: readonly string[] | undefined;
  readonly target: Target;
  readonly output: string;
  readonly steps: number;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

/** Follows the path of integrated gradients, one point at a time, and keeps what was found at each. */
export async function followPath({ model, feeds, baseline, wrt, target, output, steps, signal, onProgress }: FollowOptions): Promise<Path> {
  const names = wrt ?? movedByDefault(model) ?? model.defaultWrt ?? resolveWrt(model.inputs);
  const inside = async (fed: FollowOptions["feeds"]): Promise<FollowOptions["feeds"]> => (await feedInner(model, { feeds: fed, rows: 1 }, names, signal)).feeds;
  const end = await inside(feeds);
  const start = baseline === undefined ? null : await inside({ ...feeds, ...baseline });
  const each = (make: (name: string, x: FloatTensor, from: FloatTensor) => Float32Array): PathValues =>
    Object.fromEntries(
      names.map((name) => {
        const x = end[name] as FloatTensor;
        return [name, float32(x.dims, make(name, x, (start?.[name] as FloatTensor | undefined) ?? float32(x.dims)))];
      }),
    );
  const at = (alpha: number): FollowOptions["feeds"] => ({
    ...end,
    ...each((_, x, from) => {
      const values = new Float32Array(x.data.length);
      writePathPoint(values, 0, from.data, x.data, alpha);
      return values;
    }),
  });
  const ask = { outputs: [], target, output, signal } as const;
  const alphas = Array.from({ length: steps }, (_, n) => (n + 0.5) / steps);
  const scores: number[] = [];
  const sums = [each((_, x) => new Float32Array(x.data.length))];
  for (const alpha of alphas) {
    const { scores: found, gradients } = await model.vjp({ feeds: at(alpha), wrt: names, ...ask });
    const before = sums.at(-1)!;
    scores.push(found[0]!);
    sums.push(each((name, x, from) => before[name]!.data.map((sum, n) => sum + (gradients[name]!.data[n]! * (x.data[n]! - from.data[n]!)) / steps)));
    onProgress(scores.length);
  }
  const [first, last] = [await model.forward({ feeds: at(0), ...ask }), await model.forward({ feeds: at(1), ...ask })];
  return { alphas, scores, sums, ends: [first.scores[0]!, last.scores[0]!] };
}
