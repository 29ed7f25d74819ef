import { type Progress, type TargetOption, explainTargets, float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { affine, analyticModel, elementwise, randomLayers, softmax } from "@xdeep/test-models";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { integrated } from "./integrated.ts";
import type { IntegratedOptions } from "./settings.ts";

const inputs = [{ name: "x", dims: [3] }];
const together = { severalTargets: true, maxBatch: 4 } as const;
const TARGETS: readonly TargetOption[] = [2, null, [0, 3], { terms: [{ index: 1, weight: -2 }] }];

describe("integrated, several targets", () => {
  it("gives each what it has alone, bit for bit, whatever the network, the points and the backend", async () => {
    const options: fc.Arbitrary<IntegratedOptions> = fc.oneof(
      fc.record({ n: fc.integer({ min: 1, max: 9 }), baseline: fc.constantFrom(0, [0, 1]) }),
      fc.record({ tolerance: fc.constantFrom(1, 1e-2, 1e-4), maxSteps: fc.constantFrom(5, 40) }),
      fc.constant({}),
    );
    await fc.assert(
      fc.asyncProperty(
        options,
        fc.constantFrom("relu" as const, "softplus" as const),
        fc.integer({ min: 0, max: 99 }),
        fc.boolean(),
        fc.boolean(),
        fc.array(fc.float({ min: -3, max: 3, noNaN: true }), { minLength: 6, maxLength: 6 }),
        async (chosen, kind, seed, severalTargets, isWeighted, x) => {
          const model = analyticModel({ inputs, layers: randomLayers([3, 6, 4], kind, seed), capabilities: { ...together, severalTargets } });
          const explainer = integrated(new Backprop(model), chosen);
          const call = { weights: isWeighted ? Float32Array.of(1, -0.5) : undefined };
          const found = await explainTargets(explainer, float32([2, 3], x), TARGETS, call);
          for (const [k, target] of TARGETS.entries()) expect(found[k]).toEqual(await explainer.explain(float32([2, 3], x), { ...call, target }));
        },
      ),
      { numRuns: 12, seed: 1 },
    );
  });

  it("runs the network once at points that targets share, and lets each go on by itself where one needs more", async () => {
    // The first score is constant, the second turns.
    const model = analyticModel({
      inputs: [{ name: "x", dims: [2] }],
      layers: [
        affine([
          [1, 0],
          [0, 1],
        ]),
        elementwise(
          (v) => Math.tanh(5 * v),
          (v) => 5 / Math.cosh(5 * v) ** 2,
        ),
        affine([
          [0, 0],
          [1, -1],
        ]),
      ],
      capabilities: together,
    });
    const x = float32([1, 2], [1.5, -0.5]);
    const gradients = async (run: () => Promise<unknown>): Promise<number> => {
      const before = model.calls.length;
      await run();
      return model.calls.slice(before).filter(({ kind }) => kind === "vjp").length;
    };
    const fixed = integrated(new Backprop(model), { n: 8 });
    expect(await gradients(() => explainTargets(fixed, x, [0, 1]))).toBe(2);
    const adaptive = integrated(new Backprop(model), { tolerance: 1e-4 });
    const flat = await gradients(() => adaptive.explain(x, { target: 0 }));
    const turning = await gradients(() => adaptive.explain(x, { target: 1 }));
    expect(turning).toBeGreaterThan(flat);
    expect(await gradients(() => explainTargets(adaptive, x, [0, 1]))).toBe(turning);
  });

  it.each([
    ["the output as it is", [], 2],
    ["probabilities", [softmax()], 2],
  ] as const)("scores %s once for all targets, at the input and at the baselines of each row", async (_, last, runs) => {
    const model = analyticModel({ inputs, layers: [...randomLayers([3, 6, 4], "relu", 5), ...last], capabilities: together });
    const options = { n: 4, baseline: [0, 1] };
    await explainTargets(integrated(new Backprop(model), options), float32([1, 3], [1, 2, 3]), TARGETS.slice(0, 2), { score: "probability" });
    expect(model.calls.filter(({ kind }) => kind === "forward")).toHaveLength(runs);
  });

  it("looks behind an activation once for each target, with the numbers of separate calls", async () => {
    const model = analyticModel({ inputs, layers: [...randomLayers([3, 6, 4], "relu", 5), softmax()], capabilities: together });
    const explainer = integrated(new Backprop(model), { n: 4 });
    const x = float32([2, 3], [1, 2, 3, -1, 0, 1]);
    const found = await explainTargets(explainer, x, [null, 2]);
    for (const [k, target] of [null, 2].entries()) expect(found[k]).toEqual(await explainer.explain(x, { target }));
  });

  it("counts each run once, and stays the plain call for one target", async () => {
    const model = analyticModel({ inputs, layers: randomLayers([3, 6, 4], "relu", 5), capabilities: together });
    const seen: Progress[] = [];
    const x = float32([2, 3], [2, -3, 1, 0.1, 0, 0]);
    await explainTargets(integrated(new Backprop(model), { n: 8 }), x, [0, 1, 2], { onProgress: (progress) => seen.push(progress) });
    expect(seen).toEqual([1, 2, 3, 4].map((done) => ({ done, total: 4 })));
    seen.length = 0;
    await explainTargets(integrated(new Backprop(model), { tolerance: 1e-3 }), x, [0, 1, 2], { onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ done }) => done)).toEqual(seen.map((_, n) => n + 1));
    expect(seen.at(-1)!.done).toBe(seen.at(-1)!.total);
    for (const { done, total } of seen) expect(done).toBeLessThanOrEqual(total);
  });

  it("is aborted between runs", async () => {
    const reason = new Error("enough");
    const controller = new AbortController();
    const model = analyticModel({ inputs, layers: randomLayers([3, 6, 4], "relu", 5), capabilities: together });
    const onProgress = (): void => controller.abort(reason);
    const running = explainTargets(integrated(new Backprop(model), { n: 40 }), float32([1, 3]), [0, 1], { signal: controller.signal, onProgress });
    await expect(running).rejects.toBe(reason);
    expect(model.calls.filter(({ kind }) => kind === "vjp")).toHaveLength(1);
  });
});
