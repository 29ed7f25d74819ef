import { type Tensor, type ValueInfo, float32, sizeOf } from "@xdeep/core";

/** What two rows run together told. */
export interface RowProbe {
  /** Why rows cannot be explained together; null where they can. */
  readonly mixing: string | null;
  /** Outputs whose first axis is not the batch. */
  readonly notBatched: readonly string[];
}

export interface ProbeOptions {
  /** Feeds of one row, or of the batch that the network fixes. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** Inputs that have rows. */
  readonly batched: readonly ValueInfo[];
  readonly fixedBatch: number | null;
  /** The kernel that may mix rows. */
  readonly kernel: string;
  readonly run: (feeds: Readonly<Record<string, Tensor>>) => Promise<Readonly<Record<string, Tensor>>>;
}

/** Runs two rows twice, the second row another each time: where that shows in the first row of an output, rows depend on each other. */
export async function probeRows({ feeds, batched, fixedBatch, kernel, run }: ProbeOptions): Promise<RowProbe> {
  const rows = fixedBatch ?? 2;
  const filled = (seed: number): Readonly<Record<string, Tensor>> => ({
    ...feeds,
    ...Object.fromEntries(batched.map(({ name }, i) => [name, noise(feeds[name]!, rows, i, seed)])),
  });
  try {
    const [one, other] = [await run(filled(1)), await run(filled(2))];
    const names = Object.keys(one);
    const isApart = (name: string): boolean => one[name]!.dims[0] !== rows || firstRow(one[name]!, rows) === firstRow(other[name]!, rows);
    return {
      mixing: names.every(isApart) ? null : `computes the rows of a batch together, in kernel ${kernel}`,
      notBatched: names.filter((name) => one[name]!.dims[0] !== rows),
    };
  } catch {
    return { mixing: "runs one row at a time", notBatched: [] };
  }
}

/** The same first row for every seed. */
function noise(like: Tensor, rows: number, input: number, seed: number): Tensor {
  const dims = [rows, ...like.dims.slice(1)];
  const size = sizeOf(dims);
  const values = new Float32Array(size).map((_, i) => {
    const bits = Math.imul(i + 1 + 7919 * input + (i < size / rows ? 0 : 104729 * seed), 0x9e3779b1);
    return (bits ^ (bits >>> 15)) / 2 ** 31;
  });
  if (like.type === "float32") return float32(dims, values);
  const bits = Array.from(values, (value) => (value > 0 ? 1 : 0));
  return like.type === "int32" ? { type: "int32", dims, data: Int32Array.from(bits) } : { type: "bool", dims, data: Uint8Array.from(bits) };
}

function firstRow({ data }: Tensor, rows: number): string {
  return String(data.slice(0, data.length / rows));
}
