import { type ExplainOptions, type Model, type Tensor, XDeepError, isTensor, sizeOf, sliceRows } from "@xdeep/core";
import { type ResolvedInput, concatRows, feedInner, isFloatType, originRow, toFloat64 } from "@xdeep/core/method";
import type { Baseline, BaselineOption } from "@xdeep/core/method";

/**
 * Baselines as the values that move. One that names integer inputs, such as `{ ids: 0 }` for the token with id 0 everywhere, stands for what the network makes of them: the
 * embeddings of these tokens.
 *
 * @throws {XDeepError} BASELINE_INVALID for integers that do not fit their input
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
  const integers = model.inputs.filter(({ name, type }) => !isFloatType(type) && baseline[name] !== undefined).map(({ name }) => name);
  if (integers.length === 0 || moving.every((name) => model.inputs.some((info) => info.name === name))) return baseline;
  const own = Object.fromEntries(model.inputs.map(({ name }) => [name, feeds[name]!]));
  const moved = Object.fromEntries(integers.map((name) => [name, idsOf(name, baseline[name]!, own[name]!, rows, options)]));
  const { feeds: found } = await feedInner(model, { feeds: { ...own, ...moved }, rows }, moving, options.signal);
  const rest = Object.entries(baseline).filter(([name]) => !integers.includes(name));
  return Object.fromEntries([...rest, ...moving.map((name) => [name, byOrigin(found[name]!, rows, options)] as const)]);
}

/** Integers in the place of an input: one number everywhere, or those of one sample or of all rows. */
function idsOf(name: string, given: number | Tensor, like: Tensor, rows: number, options: ExplainOptions): Tensor {
  const sample = like.dims.slice(1);
  if (typeof given === "number") {
    if (!Number.isInteger(given)) throw invalid(name, `is ${given}; integers are needed for an input of type ${like.type}`);
    const data = (like.data as Int32Array).slice() as unknown as BigInt64Array;
    return {
      ...like,
      data: like.type === "int64" || like.type === "uint64" ? data.fill(BigInt(given)) : (data as unknown as Int32Array).fill(given),
    } as Tensor;
  }
  if (!isTensor(given) || given.type !== like.type) throw invalid(name, `must be an integer or a tensor of type ${like.type}`);
  const all = options.origin?.of ?? rows;
  if (String(given.dims) === String(sample) && given.data.length === sizeOf(sample))
    return idsOf(name, { ...given, dims: [1, ...sample] } as Tensor, like, rows, options);
  const [count, ...axes] = given.dims;
  if (String(axes) !== String(sample) || (count !== 1 && count !== all) || given.data.length !== sizeOf(given.dims)) {
    throw invalid(name, `has dims [${given.dims.join(", ")}]; it needs [${sample.join(", ")}] or [${[all, ...sample].join(", ")}]`);
  }
  return concatRows(
    Array.from({ length: rows }, (_, row) => {
      const at = count === 1 ? 0 : originRow(options, row);
      return sliceRows(given, at, at + 1);
    }),
  );
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

function invalid(name: string, problem: string): XDeepError {
  return new XDeepError("BASELINE_INVALID", `The baseline of the integers "${name}" ${problem}.`, { details: { name } });
}
