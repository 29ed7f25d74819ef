import { type Model, type Tensor, XDeepError, isTensor, sizeOf, sliceRows } from "@xdeep/core";
import { isFloatType, sharedInputs, toFloat64 } from "@xdeep/core/method";

/** x′: a number for every float input, a tensor [… of one sample] or [N, …], or these by input name. */
export type PathBaseline = number | Tensor | Readonly<Record<string, number | Tensor>>;

/** x′ of one row, by the float inputs that move. */
export function baselinesOf(
  model: Model,
  feeds: Readonly<Record<string, Tensor>>,
  option: PathBaseline,
  row: number,
  rows: number,
): ReadonlyMap<string, Float64Array> {
  const shared = sharedInputs(model.inputs);
  const names = model.inputs.filter(({ name, type }) => isFloatType(type) && !shared.has(name)).map(({ name }) => name);
  if (names.length === 0)
    throw new XDeepError("WRT_UNKNOWN", "The model has no float input, so there is no path in its input. Use layerIntegrated with the layer's own baseline.");
  const byName = typeof option === "object" && !isTensor(option) ? option : Object.fromEntries(names.map((name) => [name, option as number | Tensor]));
  return new Map(
    names.map((name) => {
      const given = byName[name];
      const sample = feeds[name]!.dims.slice(1);
      if (typeof given === "number" && Number.isFinite(given)) return [name, new Float64Array(sizeOf(sample)).fill(given)];
      const fits = (dims: readonly number[]): boolean => isTensor(given) && String(given.dims) === String(dims) && given.data.length === sizeOf(dims);
      if (fits(sample) || fits([1, ...sample])) return [name, toFloat64(given as Tensor)];
      if (fits([rows, ...sample])) return [name, toFloat64(sliceRows(given as Tensor, row, row + 1))];
      throw new XDeepError(
        "BASELINE_INVALID",
        `The baseline of "${name}" must be a finite number, or a float tensor [${sample.join(", ")}] or [${[rows, ...sample].join(", ")}].`,
        {
          details: { name, expected: sample, got: isTensor(given) ? given.dims : given },
        },
      );
    }),
  );
}
