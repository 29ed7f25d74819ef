import { readFileSync } from "node:fs";
import { type FloatTensor, float32 } from "@xdeep/core";
import { Backprop, inputXGradient } from "@xdeep/guided";
import { loadModel } from "@xdeep/onnxruntime";
import { afterAll, describe, expect, it } from "vitest";

import {
  type Metric,
  type RandomizedModels,
  complexity,
  deletion,
  efficientMprt,
  faithfulnessCorrelation,
  infidelity,
  maxSensitivity,
  measure,
  mprt,
  pixelFlipping,
  pointingGame,
  relevanceMass,
  relevanceRank,
  sparseness,
} from "../src/index.ts";

interface Numbers {
  readonly dims: readonly number[];
  readonly data: string;
}

/** What Quantus finds: scripts/oracles/metrics.py. A value per row, or a curve. */
interface Oracle {
  readonly input: Numbers;
  readonly target: readonly number[];
  readonly output: Numbers;
  readonly mask: Numbers;
  readonly gradient: Numbers;
  readonly randomized: Readonly<Record<string, Numbers>>;
  readonly cases: Readonly<Record<string, readonly (number | readonly number[])[]>>;
}

const folder = new URL("oracles/", import.meta.url);
const oracle = JSON.parse(readFileSync(new URL("quantus.json", folder), "utf8")) as Oracle;
const model = await loadModel(readFileSync(new URL("cnn.onnx", folder)));
afterAll(() => model.dispose());

function tensor({ dims, data }: Numbers): FloatTensor {
  const bytes = Buffer.from(data, "base64");
  return float32(dims, new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)));
}

const [input, target, mask] = [tensor(oracle.input), oracle.target, tensor(oracle.mask)];

/** Of the largest number. */
function expectNear(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found).toHaveLength(expected.length);
  const [list, wanted] = [Array.from(found), Array.from(expected)];
  const scale = Math.max(...wanted.map(Math.abs));
  const error = Math.max(...list.map((value, i) => Math.abs(value - wanted[i]!))) / scale;
  expect(error, `${list.slice(0, 6).join()} against ${wanted.slice(0, 6).join()}`).toBeLessThan(1e-5);
}

async function measured(metric: Metric, method: "contribution" | "sensitivity"): ReturnType<Metric["measure"]> {
  const explainer = method === "contribution" ? inputXGradient(new Backprop(model)) : new Backprop(model);
  return (await measure({ input, target, mask, method: explainer }, { metric })).metric;
}

/** Each with what Quantus does otherwise, and the script sets apart from its defaults. The definitions of the papers hold, as ../README.md names them. */
const VALUES: readonly (readonly [name: string, difference: string, metric: Metric, method: "contribution" | "sensitivity"])[] = [
  ["sparseness", "Quantus adds 1e-7 to each |A|", sparseness(), "contribution"],
  ["complexity", "Quantus adds 1e-12 inside the logarithm", complexity(), "contribution"],
  [
    "pointing-game",
    "Quantus takes the largest signed value of what it is given, here channels summed and cut at 0; of several equal maxima one inside is a hit, not the share inside",
    pointingGame(),
    "contribution",
  ],
  ["relevance-mass", "Quantus sums what it is given, negative values too: here they are cut first, as the paper has it", relevanceMass(), "contribution"],
  ["relevance-rank", "Quantus breaks ties by the order of a sort, not by their share", relevanceRank(), "contribution"],
  [
    "max-sensitivity",
    "Quantus draws steps of one absolute size, not by the row's range, and anew for each row; here it is given the same steps",
    maxSensitivity({ radius: 0.02, samples: 6 }),
    "sensitivity",
  ],
  [
    "infidelity",
    "Quantus removes patch after patch, so that its I grows to the whole picture; here it is given one patch at a time, the same draws, of A a sensitivity",
    infidelity({ perturbation: "patch", patch: 2, samples: 18 }),
    "sensitivity",
  ],
  [
    "faithfulness-correlation",
    "Quantus draws subsets anew for each row; here it is given the same ones, of A a contribution",
    faithfulnessCorrelation({ subset: 20 / 108, samples: 30, features: "entry" }),
    "contribution",
  ],
];

/**
 * Quantus leaves out the point where nothing is gone, asks for probabilities unless `softmax` is false, and its area counts steps where ours is a mean over the share
 * that is gone. It flips single entries; whole pixels where an attribution of one channel goes in steps of as many entries as a pixel has.
 */
const CURVES: readonly (readonly [name: string, metric: Metric])[] = [
  ["deletion", deletion({ features: "entry", steps: 27 })],
  ["pixel-flipping", pixelFlipping({ patch: 1 })],
];

/** The cascade with the weights that Quantus drew, layer by layer from the output. */
function quantusModels(): RandomizedModels {
  const order = ["7.", "3.", "0."];
  const loaded: ReturnType<typeof loadModel>[] = [];
  return {
    stages: order.length,
    seed: 0,
    at(stage) {
      const drawn = (name: string): boolean => order.slice(0, stage).some((layer) => name.startsWith(layer));
      const network = readFileSync(new URL("cnn.onnx", folder));
      loaded.push(loadModel(network, { weights: (name, own) => (drawn(name) ? tensor(oracle.randomized[name]!) : own) }));
      return loaded.at(-1)!;
    },
    dispose: async () => void (await Promise.all(loaded.map(async (each) => (await each).dispose()))),
    async [Symbol.asyncDispose]() {
      await this.dispose();
    },
  };
}

describe("Quantus", () => {
  it("looks at the same network and the same gradient", async () => {
    const { outputs } = await model.forward({ feeds: { x: input } });
    expectNear((outputs["y"] as FloatTensor).data, tensor(oracle.output).data);
    const { values } = await new Backprop(model).explain(input, { target });
    expectNear(values.data, tensor(oracle.gradient).data);
  });

  it.each(VALUES)("agrees on %s: %s", async (name, _, metric, method) => {
    const { values } = await measured(metric, method);
    expectNear(values as readonly number[], oracle.cases[name] as readonly number[]);
  });

  it.each(CURVES)("agrees on the curve of %s", async (name, metric) => {
    const { curves } = await measured(metric, "contribution");
    for (const [row, { y }] of curves!.entries()) expectNear(y.slice(1), oracle.cases[name]![row] as readonly number[]);
  });

  it("agrees on MPRT, stage by stage, and on its efficient form: Quantus counts the network as it was as a stage in its mean", async () => {
    await using models = quantusModels();
    const method = (of: typeof model): Backprop => new Backprop(of);
    const metrics = { spearman: mprt(models), pearson: mprt(models, { similarity: "pearson" }), efficient: efficientMprt(models, { bins: 20 }) };
    const found = await measure({ input, target, model, method }, metrics);
    for (const similarity of ["spearman", "pearson"] as const) {
      const stages = oracle.cases[`mprt ${similarity}`] as readonly (readonly number[])[];
      const { curves, values } = found[similarity];
      for (const [row, { y }] of curves!.entries()) {
        const expected = stages.map((rows) => rows[row]!);
        expectNear(y.slice(1), expected);
        expect(values[row]).toBeCloseTo(expected.reduce((sum, value) => sum + value, 0) / expected.length, 5);
      }
    }
    expectNear(found.efficient.values as readonly number[], oracle.cases["efficient-mprt"] as readonly number[]);
  });
});
