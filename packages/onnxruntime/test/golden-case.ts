import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type FloatTensor, type Input, type Target, float32, sliceRows } from "@xdeep/core";
import { parse } from "npyjs";

/** Folder of the golden networks, beside the project unless the environment names another. */
const GOLDEN = process.env["XDEEP_GOLDEN"] ?? fileURLToPath(new URL("../../../../shared/golden", import.meta.url));

/** Names of the golden networks. Throws where the folder is missing. */
export function goldenNames(): readonly string[] {
  return readdirSync(GOLDEN, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

interface Meta {
  readonly inputs: readonly string[];
  readonly target: readonly (readonly number[])[];
  readonly relu6?: boolean;
}

/** One golden network: its model, inputs, targets and float64 results rounded to float32. */
export class GoldenCase {
  readonly name: string;
  readonly inputNames: readonly string[];
  readonly hasRelu6: boolean;
  readonly #target: readonly (readonly number[])[];

  constructor(name: string) {
    const meta = JSON.parse(readFileSync(`${GOLDEN}/${name}/meta.json`, "utf8")) as Meta;
    this.name = name;
    this.inputNames = meta.inputs;
    this.hasRelu6 = meta.relu6 === true;
    this.#target = meta.target;
  }

  model(): string {
    return `${GOLDEN}/${this.name}/model.onnx`;
  }

  /** Rows to explain: all three, or the first alone. */
  input(rows: number): Input {
    const tensors = this.inputNames.map((name, i) => [name, sliceRows(this.array(`x_${i}`), 0, rows)] as const);
    return tensors.length === 1 ? tensors[0]![1] : Object.fromEntries(tensors);
  }

  target(rows: number): readonly Target[] {
    return this.#target.slice(0, rows).map((index) => (index.length === 1 ? index[0]! : { index }));
  }

  /** An array of the case, all rows. */
  array(file: string): FloatTensor {
    const bytes = readFileSync(`${GOLDEN}/${this.name}/${file}.npy`);
    const { data, shape } = parse(new Uint8Array(bytes).buffer);
    return float32(shape, Float32Array.from(data as Float32Array));
  }

  /** One array per input: grad_0, grad_1, … */
  perInput(kind: string, rows: number): readonly FloatTensor[] {
    return this.inputNames.map((_, i) => sliceRows(this.array(`${kind}_${i}`), 0, rows));
  }

  /** Noise [n, …dims of one sample], by input. */
  noise(): Input {
    const tensors = this.inputNames.map((name, i) => {
      const { dims, data } = this.array(`noise_${i}`);
      return [name, float32([dims[0]!, ...dims.slice(2)], data)] as const;
    });
    return tensors.length === 1 ? tensors[0]![1] : Object.fromEntries(tensors);
  }
}

/** max |actual − expected| / max |expected|. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [error, scale] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    error = Math.max(error, Math.abs(actual[i]! - expected[i]!));
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return actual.length === expected.length ? error / (scale || 1) : Infinity;
}
