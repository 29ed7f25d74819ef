import { type Attribution, type FloatTensor, type Input, isTensor } from "@xdeep/core";

/** The values of an attribution by name; a bare tensor by the name of its layer, or "input". */
export function valuesByName({ values, layer }: Attribution<Input>): Readonly<Record<string, FloatTensor>> {
  return isTensor(values) ? { [layer ?? "input"]: values as FloatTensor } : (values as Readonly<Record<string, FloatTensor>>);
}

/** All values of each row in one list. */
export function rowsOf(values: Readonly<Record<string, FloatTensor>>, rows: number): readonly Float64Array[] {
  const tensors = Object.values(values);
  const sizes = tensors.map(({ data }) => data.length / rows);
  const size = sizes.reduce((sum, each) => sum + each, 0);
  return Array.from({ length: rows }, (_, row) => {
    const entries = new Float64Array(size);
    let offset = 0;
    for (const [k, { data }] of tensors.entries()) {
      entries.set(data.subarray(row * sizes[k]!, (row + 1) * sizes[k]!), offset);
      offset += sizes[k]!;
    }
    return entries;
  });
}
