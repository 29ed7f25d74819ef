import { type Attribution, type FloatTensor, type Input, float32 } from "@xdeep/core";
import { createAttribution } from "@xdeep/core/method";

/** An attribution to several inputs as one to a table, with a name for each number. */
export interface JoinedInputs {
  readonly attribution: Attribution<Input>;
  readonly names: readonly string[];
}

/** Null for an attribution to one input. Of several rows, the first is shown. */
export function joinInputs(attribution: Attribution<Input>): JoinedInputs | null {
  const inputs = Object.entries(attribution.values as Readonly<Record<string, FloatTensor>>);
  if (inputs.length < 2) return null;
  const rows = inputs.map(([name, { dims, data }]) => ({ name, data: data.subarray(0, data.length / (dims[0] ?? 1)) }));
  const names = rows.flatMap(({ name, data }) => (data.length === 1 ? [name] : Array.from(data, (_, at) => `${name} ${at}`)));
  const values = float32([1, names.length], Float32Array.from(rows.flatMap(({ data }) => [...data])));
  return { attribution: createAttribution({ ...attribution, values: { inputs: values } }), names };
}
