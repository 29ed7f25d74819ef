import { type ExplainOptions, type Model, type Tensor, XDeepError, isTensor, sizeOf, sliceRows } from "@xdeep/core";
import {
  type Baseline,
  type ResolvedInput,
  concatRows,
  feedInner,
  fromFloat64,
  isFloatType,
  originRow,
  resolveBaselines,
  resolveWrt,
  sharedInputs,
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
  const shared = sharedInputs(model.inputs);
  const floats = model.inputs.filter(({ name, type, mask }) => isFloatType(type) && !shared.has(name) && mask !== true).map(({ name }) => name);
  const named = floats.filter((name) => wrt?.includes(name) === true);
  return named.length > 0 ? named : floats;
}

/** Every row's x′, from baselines that are numbers, or tensors of one sample or of all rows. */
function moved({ feeds, rows }: ResolvedInput, moving: readonly string[], baselines: readonly Baseline[], options: ExplainOptions): readonly Feeds[] {
  const origins = options.origin?.of ?? rows;
  const dims = Object.fromEntries(moving.map((name) => [name, [origins, ...feeds[name]!.dims.slice(1)]]));
  const pointsOf = resolveBaselines(baselines, dims);
  const points = Array.from({ length: rows }, (_, row) => pointsOf(originRow(options, row)));
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
  const replaced = Object.entries(baseline).map(([name, given]) => [name, integers(name, given, feeds[name]!, rows, options)] as const);
  return { ...feeds, ...Object.fromEntries(replaced) };
}

function integers(name: string, given: number | Tensor, like: Tensor, rows: number, options: ExplainOptions): Tensor {
  const sample = like.dims.slice(1);
  if (typeof given === "number" && Number.isInteger(given)) {
    const data = (like.data as BigInt64Array).slice();
    return { ...like, data: typeof data[0] === "bigint" ? data.fill(BigInt(given)) : (data as unknown as Int32Array).fill(given) } as Tensor;
  }
  if (isTensor(given) && given.type === like.type && given.data.length === sizeOf(given.dims)) {
    const all = options.origin?.of ?? rows;
    const whole = String(given.dims) === String(sample) ? ({ ...given, dims: [1, ...sample] } as Tensor) : given;
    if (String(whole.dims) === String([1, ...sample]) || String(whole.dims) === String([all, ...sample])) {
      const at = (row: number): number => (whole.dims[0] === 1 ? 0 : originRow(options, row));
      return concatRows(Array.from({ length: rows }, (_, row) => sliceRows(whole, at(row), at(row) + 1)));
    }
  }
  throw new XDeepError(
    "BASELINE_INVALID",
    `The baseline of the integers "${name}" must be an integer, or a tensor of type ${like.type} and dims [${sample.join(", ")}] or [${[rows, ...sample].join(", ")}].`,
    { details: { name, expected: sample } },
  );
}
