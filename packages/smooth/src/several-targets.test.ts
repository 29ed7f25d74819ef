import { type Explainer, type Progress, type TargetOption, explainTargets, float32 } from "@xdeep/core";
import { Backprop, inputXGradient } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { analyticModel, randomLayers } from "@xdeep/test-models";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { smooth } from "./smooth.ts";

const inputs = [{ name: "x", dims: [3] }];
const TARGETS: readonly TargetOption[] = [2, null, [0, 3], { terms: [{ index: 1, weight: -2 }] }];
const INSIDE: Readonly<Record<string, (explainer: Explainer) => Explainer>> = {
  gradient: (explainer) => explainer,
  "input × gradient": inputXGradient,
  integrated: (explainer) => integrated(explainer, { n: 2 }),
  "integrated to a tolerance": (explainer) => integrated(explainer, { tolerance: 0.1 }),
};

describe("smooth, several targets", () => {
  it("gives each what it has alone, bit for bit, whatever the seed, the aggregate, the method inside and the backend", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.constantFrom("mean" as const, "meanSquare" as const, "variance" as const),
        fc.constantFrom(...Object.keys(INSIDE)),
        fc.boolean(),
        fc.boolean(),
        async (seed, aggregate, inside, severalTargets, isWeighted) => {
          const model = analyticModel({ inputs, layers: randomLayers([3, 6, 4], "relu", seed % 7), capabilities: { severalTargets } });
          const explainer = smooth(INSIDE[inside]!(new Backprop(model)), { n: 5, seed, aggregate });
          const x = float32([2, 3], [1, -2, 0.5, 10, 0, -10]);
          const call = { weights: isWeighted ? Float32Array.of(1, -0.5) : undefined };
          const found = await explainTargets(explainer, x, TARGETS, call);
          for (const [k, target] of TARGETS.entries()) expect(found[k]).toEqual(await explainer.explain(x, { ...call, target }));
        },
      ),
      { numRuns: 12, seed: 1 },
    );
  });

  it("takes the gradients of all targets from one run at each draw, and counts each run once", async () => {
    const model = analyticModel({ inputs, layers: randomLayers([3, 6, 4]), capabilities: { severalTargets: true, preferredBatch: 4 } });
    const seen: Progress[] = [];
    await explainTargets(smooth(new Backprop(model), { n: 8 }), float32([1, 3], [1, 2, 3]), [0, 1, 2], { onProgress: (progress) => seen.push(progress) });
    expect(model.calls.filter(({ kind }) => kind === "vjp").map(({ rows }) => rows)).toEqual([4, 4]);
    expect(seen).toEqual([1, 2].map((done) => ({ done, total: 2 })));
    expect(model.calls.filter(({ kind }) => kind === "forward")).toHaveLength(1);
  });
});
