import { type ExplainOptions, type Model, type Tensor, isTensor } from "@xdeep/core";
import { type ResolvedInput, feedInner, fromFloat64, integerBaseline, isFloatType, originRow, rowBaselines, toFloat64 } from "@xdeep/core/method";
import type { Baseline, BaselineOption } from "@xdeep/core/method";

/**
 * Baselines as the values that move. Where these lie inside the network, a baseline that names inputs stands for what the network makes of them: `{ ids: 0 }` for the
 * embeddings of the token with id 0, `{ image: 0 }` for the layer's values at a black image.
 *
 * @throws {XDeepError} BASELINE_INVALID for numbers that do not fit their input
 */
export async function embeddedBaselines(
  model: Model,
  input: ResolvedInput,
  moving: readonly string[],
  option: BaselineOption,
  options: ExplainOptions,
): Promise<BaselineOption> {
  if (Array.isArray(option)) return Promise.all((option as readonly Baseline[]).map((each) => embedded(model, input, moving, each, options)));
  return embedded(model, input, moving, option as Baseline, options);
}

async function embedded(
  model: Model,
  { feeds, rows }: ResolvedInput,
  moving: readonly string[],
  baseline: Baseline,
  options: ExplainOptions,
): Promise<Baseline> {
  if (typeof baseline !== "object" || baseline === null || isTensor(baseline)) return baseline;
  const named = model.inputs.filter(({ name }) => baseline[name] !== undefined && !moving.includes(name));
  if (named.length === 0 || moving.every((name) => model.inputs.some((info) => info.name === name))) return baseline;
  const own = Object.fromEntries(model.inputs.map(({ name }) => [name, feeds[name]!]));
  const moved = Object.fromEntries(
    named.map(({ name, type }) => {
      const at = isFloatType(type) ? floatBaseline : integerBaseline;
      return [name, at(name, baseline[name]!, own[name]!, rows, options)];
    }),
  );
  const { feeds: found } = await feedInner(model, { feeds: { ...own, ...moved }, rows }, moving, options.signal);
  const rest = Object.entries(baseline).filter(([name]) => moved[name] === undefined);
  return Object.fromEntries([...rest, ...moving.map((name) => [name, byOrigin(found[name]!, rows, options)] as const)]);
}

/** Floats in the place of those that are fed, `like`. */
function floatBaseline(name: string, given: number | Tensor, like: Tensor, rows: number, options: ExplainOptions): Tensor {
  const startsOf = rowBaselines({ [name]: given }, [name], { feeds: { [name]: like }, rows }, options);
  const values = new Float64Array(like.data.length);
  for (let row = 0; row < rows; row++) values.set(startsOf(row)[0]![name]!, (row * values.length) / rows);
  return fromFloat64(like.type, like.dims, values);
}

/** Rows in the order of the outermost input, as baselines of several rows are read. */
function byOrigin(tensor: Tensor, rows: number, options: ExplainOptions): Tensor {
  if (options.origin === undefined) return tensor;
  const size = tensor.data.length / rows;
  const values = toFloat64(tensor);
  const data = new Float32Array(options.origin.of * size);
  for (let row = 0; row < rows; row++) data.set(values.subarray(row * size, (row + 1) * size), originRow(options, row) * size);
  return { type: "float32", dims: [options.origin.of, ...tensor.dims.slice(1)], data };
}
