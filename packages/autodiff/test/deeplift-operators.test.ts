import { isXDeepError } from "@xdeep/core";
import { differentiate } from "@xdeep/autodiff";
import { isFloatType } from "@xdeep/onnx";
import { evaluate } from "@xdeep/reference";
import { describe, expect, it } from "vitest";
import { feedsOf, inputName, modelOf, noise, seedOf, valuesOf, wrtOf } from "./check-rule.ts";
import type { RuleSpec } from "./rule-spec.ts";
import { readSpecs, specFiles } from "./rule-specs.ts";

/** Operators without a DeepLIFT rule: jumps, losses. */
const REFUSED: ReadonlySet<string> = new Set([
  "DeformConv",
  "MaxUnpool",
  "NegativeLogLikelihoodLoss",
  "OneHot",
  "Range",
  "SoftmaxCrossEntropyLoss",
  "TensorScatter",
]);

/** Operands that are data, where others are parameters: relevance goes to data alone. */
const DATA: Readonly<Record<string, readonly number[]>> = {
  BatchNormalization: [0],
  BiasGelu: [0],
  Clip: [0],
  DequantizeLinear: [0],
  FastGelu: [0],
  GRU: [0, 5],
  GridSample: [0],
  GroupNormalization: [0],
  InstanceNormalization: [0],
  LSTM: [0, 5, 6],
  LayerNormalization: [0],
  Mod: [0],
  PRelu: [0],
  Pow: [0],
  RMSNormalization: [0],
  RNN: [0, 5],
  RoiAlign: [0],
  RotaryEmbedding: [0],
  STFT: [0],
  SimplifiedLayerNormalization: [0],
};

function isRefused({ op, name, attributes }: RuleSpec): boolean {
  return (
    REFUSED.has(op) ||
    name === "axes known only at run time" ||
    attributes?.["mode"] === "max" ||
    ["max", "min", "mul"].includes(String(attributes?.["reduction"]))
  );
}

/** The float operands that differ in the two runs. */
function dataOf(row: RuleSpec): readonly number[] {
  const data = DATA[row.op];
  return wrtOf(row).filter((i) => data === undefined || data.includes(i));
}

const files = await readSpecs(specFiles);
/** A few rows of each operator: what they differ in is mostly geometry, which finite differences prove. */
const ROWS = 3;

const rows = files.flatMap(({ rows: all }) => all.filter(isChecked).filter(({ op }, i, own) => own.slice(0, i).filter((row) => row.op === op).length < ROWS));

function isChecked(row: RuleSpec): boolean {
  return row.expected === undefined && row.engine !== false && dataOf(row).length > 0;
}

/** |Σ R − Σ ȳ (y − y′)| over the sum of what adds up, or the refusal. */
function surplus(spec: RuleSpec): number | "refused" {
  const data = dataOf(spec);
  const row = { ...spec, inputs: spec.inputs.map((input, i) => (input === null || data.includes(i) ? input : { ...input, constant: true })) };
  const inputs = row.inputs.map((input, i) => (input === null ? null : valuesOf(input, seedOf(row) + i)));
  const others = row.inputs.map((input, i) => (input === null ? null : valuesOf(input, seedOf(row) + 50 + i)));
  const model = modelOf(row, inputs, false);
  const [feeds, all] = [feedsOf(row, inputs), feedsOf(row, others)];
  const wrt = data.map(inputName);
  const reference = { ...feeds, ...Object.fromEntries(wrt.map((name) => [name, all[name]!])) };
  const [own, other] = [evaluate(model, feeds), evaluate(model, reference)];
  let worst = 0;
  for (const { name } of model.graph!.output) {
    if (!isFloatType(own[name]!.type)) continue;
    try {
      const gradient = differentiate(model, { of: name, wrt, rule: "deeplift" });
      const dy = noise(seedOf(row) + 100, own[name]!);
      const fed = {
        ...feeds,
        [gradient.cotangent]: dy,
        ...Object.fromEntries(Object.entries(gradient.references).map(([from, to]) => [to, reference[from]!])),
      };
      const results = evaluate(gradient.model, fed, { outputs: Object.values(gradient.gradients) });
      const change = dy.data.reduce((sum, value, i) => sum + value * (own[name]!.data[i]! - other[name]!.data[i]!), 0);
      const relevances = Object.values(gradient.gradients).flatMap((output) => [...results[output]!.data]);
      const scale = relevances.reduce((sum, value) => sum + Math.abs(value), Math.abs(change)) || 1;
      worst = Math.max(worst, Math.abs(relevances.reduce((sum, value) => sum + value, 0) - change) / scale);
    } catch (error) {
      if (isXDeepError(error, "MODEL_UNSUPPORTED") || isXDeepError(error, "GRADIENT_MISSING")) return "refused";
      throw error;
    }
  }
  return worst;
}

describe("DeepLIFT, operator by operator", () => {
  it.each(rows)("$op: $name: multipliers add up to the change of the output, or the operator is refused", (row) => {
    const found = surplus(row);
    if (isRefused(row)) expect(found).toBe("refused");
    else expect(found).toBeLessThan(1e-6);
  });
});
