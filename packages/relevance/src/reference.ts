import { type ExplainOptions, type Model, type Tensor, isTensor } from "@xdeep/core";
import {
  type Baseline,
  type ResolvedInput,
  feedInner,
  fromFloat64,
  integerBaseline,
  isFloatType,
  movableInputs,
  resolveWrt,
  rowBaselines,
} from "@xdeep/core/method";

type Feeds = Readonly<Record<string, Tensor>>;

/** The input, inner values that are moved beside it, and x′ for each of its rows by each baseline. */
export interface References {
  readonly input: ResolvedInput;
  readonly references: readonly Feeds[];
}

/**
 * The inputs x′ of the reference runs. Baselines are for the float inputs that are attributed to, or for all of them where values inside the network are: these then are what
 * the network makes of x′. In a network of integers a record that names them, such as `{ ids: 0 }`, replaces tokens; other baselines are for the floats that it makes of them.
 *
 * @throws {XDeepError} BASELINE_INVALID; WRT_UNKNOWN, CAPABILITY_MISSING for values that cannot be moved
 */
export async function referencesOf(model: Model, input: ResolvedInput, baselines: readonly Baseline[], options: ExplainOptions): Promise<References> {
  const moving = movingInputs(model, options);
  const [first] = baselines;
  if (moving.length > 0) return { input, references: moved(input, moving, baselines, options) };
  if (first !== undefined && baselines.every((baseline) => namesIntegers(model, baseline)))
    return { input, references: baselines.map((baseline) => withIntegers(input, baseline as Readonly<Record<string, number | Tensor>>, options)) };
  const fed = await feedInner(model, input, options.wrt ?? model.defaultWrt ?? resolveWrt(model.inputs, undefined), options.signal);
  const inner = Object.keys(fed.feeds).filter((name) => input.feeds[name] === undefined || model.inputs.every((info) => info.name !== name));
  return { input: fed, references: moved(fed, inner, baselines, options) };
}

function movingInputs(model: Model, { wrt }: ExplainOptions): readonly string[] {
  const floats = movableInputs(model.inputs);
  const named = floats.filter((name) => wrt?.includes(name) === true);
  return named.length > 0 ? named : floats;
}

/** Every row's x′, from baselines that are numbers, or tensors of one sample or of all rows. */
function moved(input: ResolvedInput, moving: readonly string[], baselines: readonly Baseline[], options: ExplainOptions): readonly Feeds[] {
  const { feeds, rows } = input;
  const pointsOf = rowBaselines(baselines, moving, input, options);
  const points = Array.from({ length: rows }, (_, row) => pointsOf(row));
  return baselines.map((_, k) => ({
    ...feeds,
    ...Object.fromEntries(
      moving.map((name) => [
        name,
        stacked(
          feeds[name]!,
          points.map((point) => point[k]![name]!),
        ),
      ]),
    ),
  }));
}

function stacked(like: Tensor, rows: readonly Float64Array[]): Tensor {
  const size = rows[0]?.length ?? 0;
  const data = new Float64Array(size * rows.length);
  rows.forEach((row, n) => data.set(row, n * size));
  return fromFloat64(like.type, like.dims, data);
}

function namesIntegers({ inputs }: Model, baseline: Baseline): boolean {
  if (typeof baseline !== "object" || isTensor(baseline)) return false;
  return Object.keys(baseline).every((name) => inputs.some((info) => info.name === name && !isFloatType(info.type)));
}

/** Other tokens in the place of an input's: one number everywhere, or those of one sample or of all rows. */
function withIntegers({ feeds, rows }: ResolvedInput, baseline: Readonly<Record<string, number | Tensor>>, options: ExplainOptions): Feeds {
  const replaced = Object.entries(baseline).map(([name, given]) => [name, integerBaseline(name, given, feeds[name]!, rows, options)] as const);
  return { ...feeds, ...Object.fromEntries(replaced) };
}
