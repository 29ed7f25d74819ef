import { describe, expect, it } from "vitest";

import { affine, analyticModel, randomLayers, softmax } from "../../test-models/src/index.ts";
import { BaseProp, explainTargets, float32 } from "../src/index.ts";
import type { Explainer, Model, Progress, TargetOption, VjpRequest } from "../src/index.ts";

const layers = randomLayers([3, 8, 4], "softplus");
const inputs = [{ name: "x", dims: [3] }];
const rows = float32(
  [5, 3],
  Array.from({ length: 15 }, (_, i) => Math.sin(i)),
);
const TARGETS: readonly TargetOption[] = [2, null, [0, 1, 2, 3, 0], { terms: [{ index: 1, weight: -2 }] }];

/** A model that takes several targets at once, two rows a call, and remembers what it was asked. */
function several(): Model & { readonly requests: VjpRequest[] } {
  const model = analyticModel({ inputs, layers, capabilities: { maxBatch: 2, severalTargets: true } });
  const requests: VjpRequest[] = [];
  const vjp: Model["vjp"] = (request) => {
    requests.push(request);
    return model.vjp(request);
  };
  return { ...model, vjp, requests };
}

describe("explainTargets", () => {
  it.each([
    ["at once", several],
    ["one by one where the backend takes one at a time", () => analyticModel({ inputs, layers, capabilities: { maxBatch: 2 } })],
  ])("gives each target what it has alone, %s", async (_, make) => {
    const explainer = new BaseProp(make());
    for (const weights of [undefined, Float32Array.of(1, -2, 0.5, 0, 3)]) {
      const together = await explainTargets(explainer, rows, TARGETS, { weights });
      expect(together).toHaveLength(TARGETS.length);
      for (const [k, target] of TARGETS.entries()) expect(together[k]).toEqual(await explainer.explain(rows, { target, weights }));
    }
  });

  it("says of each target what its own score asks for, where another one is saturated", async () => {
    const model = analyticModel({
      inputs,
      layers: [
        affine([
          [20, 0, 0],
          [0, 1, 0],
          [19, 0, 0],
        ]),
        softmax(),
      ],
      capabilities: { severalTargets: true },
    });
    const explainer = new BaseProp(model);
    const x = float32([1, 3], [1, 1, 1]);
    const together = await explainTargets(explainer, x, [0, 1], { score: "probability" });
    expect(together.map(({ provenance }) => provenance.notes?.length ?? 0)).toEqual([0, 1]);
    for (const target of [0, 1]) expect(together[target]).toEqual(await explainer.explain(x, { target, score: "probability" }));
  });

  it("asks for the gradients of all targets in one call for as many rows as the backend takes", async () => {
    const model = several();
    await explainTargets(new BaseProp(model), rows, TARGETS);
    expect(model.requests.map(({ targets }) => targets)).toEqual([
      [[2, 2], null, [0, 1], [TARGETS[3], TARGETS[3]]],
      [[2, 2], null, [2, 3], [TARGETS[3], TARGETS[3]]],
      [[2], null, [0], [TARGETS[3]]],
    ]);
  });

  it("explains one target after the other by methods that have no shorter way, and counts the runs of all", async () => {
    const inner = new BaseProp(analyticModel({ inputs, layers, capabilities: { maxBatch: 2 } }));
    const method: Explainer = { model: inner.model, method: inner.method, explain: (input, options) => inner.explain(input, options) };
    const seen: Progress[] = [];
    const results = await explainTargets(method, rows, [3, 0], { onProgress: (progress) => seen.push(progress) });
    expect(results.map(({ target }) => target)).toEqual([
      [3, 3, 3, 3, 3],
      [0, 0, 0, 0, 0],
    ]);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6].map((done) => ({ done, total: 6 })));
  });

  it("is aborted between targets", async () => {
    const reason = new Error("enough");
    const controller = new AbortController();
    const explainer = new BaseProp(analyticModel({ inputs, layers }));
    const running = explainTargets(explainer, float32([1, 3]), [0, 1, 2], { signal: controller.signal });
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
  });

  it("refuses an empty list, and checks every target", async () => {
    const explainer = new BaseProp(analyticModel({ inputs, layers: [affine([[1, 2, 3]])] }));
    const failure = (code: string): unknown => expect.objectContaining({ name: "XDeepError", code });
    await expect(explainTargets(explainer, rows, [])).rejects.toEqual(failure("OPTION_INVALID"));
    await expect(explainTargets(explainer, rows, [0], { target: 0 } as never)).rejects.toEqual(failure("OPTION_INVALID"));
    await expect(explainTargets(explainer, rows, [0, 1])).rejects.toEqual(failure("TARGET_OUT_OF_RANGE"));
    await expect(explainTargets(explainer, rows, [0, [0, 0]])).rejects.toEqual(failure("TARGET_INVALID"));
  });
});
