import { readFileSync, readdirSync } from "node:fs";
import { type Explainer, type FloatTensor, type Model, float32 } from "@xdeep/core";
import { loadModel } from "@xdeep/onnxruntime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LrpOptions, attnLrp, cpLrp, deepLift, deepShap, lrp } from "../src/index.ts";

interface Numbers {
  readonly dims: readonly number[];
  readonly data: string;
}

/** One result of an oracle: scripts/oracles/relevance.py. */
interface OracleCase {
  readonly oracle: "captum" | "lxt" | "zennit";
  readonly method: "attn-lrp" | "cp-lrp" | "deeplift" | "deepshap" | "lrp";
  readonly baseline?: 0 | Numbers;
  readonly baselines?: Numbers;
  readonly options?: LrpOptions;
  readonly values: Numbers;
}

interface Record_ {
  readonly input: Numbers;
  readonly target: readonly number[];
  readonly output: Numbers;
  readonly cases: readonly OracleCase[];
}

const folder = new URL("oracles/", import.meta.url);

/** Of the largest value. Zennit divides by stabilised sums; LXT's rules and ours are the same arithmetic in another order. */
const TOLERANCE: Readonly<Record<OracleCase["oracle"], number>> = { captum: 1e-5, lxt: 1e-6, zennit: 1e-4 };

/** σ(x) / x near x = 0 multiplies the rounding of x: the oracle itself, run in float32, is off by 1.7e-5 here. */
const LOOSE: Readonly<Record<string, number>> = { recurrent: 3e-5 };

function tensor({ dims, data }: Numbers): FloatTensor {
  const bytes = Buffer.from(data, "base64");
  return float32(dims, new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)));
}

function rows({ dims, data }: FloatTensor): readonly FloatTensor[] {
  const size = data.length / dims[0]!;
  return Array.from({ length: dims[0]! }, (_, row) => float32(dims.slice(1), data.slice(row * size, (row + 1) * size)));
}

function explainerOf(model: Model, { method, options = {}, baseline, baselines }: OracleCase): Explainer {
  switch (method) {
    case "attn-lrp":
      return attnLrp(model);
    case "cp-lrp":
      return cpLrp(model);
    case "deeplift":
      return deepLift(model, { baseline: baseline === 0 || baseline === undefined ? 0 : tensor(baseline) });
    case "deepshap":
      return deepShap(model, { baselines: rows(tensor(baselines!)) });
    case "lrp":
      return lrp(model, options);
  }
}

function error(actual: FloatTensor, expected: FloatTensor): number {
  expect(actual.dims).toEqual(expected.dims);
  const scale = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return actual.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.data[i]!)), 0) / scale;
}

const networks = readdirSync(folder).flatMap((file) => (file.endsWith(".json") ? [file.slice(0, -5)] : []));

describe.each(networks)("%s", (name) => {
  const record = JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Record_;
  const named = record.cases.map((each, i) => [`${each.oracle} ${each.method} ${each.options?.composite ?? ""} ${i}`.replaceAll("  ", " "), each] as const);
  let model: Model;
  beforeAll(async () => {
    model = await loadModel(readFileSync(new URL(`${name}.onnx`, folder)));
  });
  afterAll(() => model.dispose());

  it("computes what the oracle's network does", async () => {
    const { outputs } = await model.forward({ feeds: { x: tensor(record.input) } });
    expect(error(outputs["y"] as FloatTensor, tensor(record.output))).toBeLessThan(1e-5);
  });

  it.each(named)("agrees with %s", async (_, each) => {
    const { values } = await explainerOf(model, each).explain(tensor(record.input), { target: record.target });
    expect(error(values, tensor(each.values))).toBeLessThan(LOOSE[name] ?? TOLERANCE[each.oracle]);
  });
});
