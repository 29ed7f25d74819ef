import { float32, sliceRows } from "@xdeep/core";
import type { Explainer, FloatTensor, Model, Target } from "@xdeep/core";
import { delegateTo } from "@xdeep/core/backend";
import { createNoise } from "@xdeep/core/method";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { smooth } from "@xdeep/smooth";

import type { Case } from "../run/case.ts";
import type { CaseContext, Subject } from "../run/case-context.ts";
import { explainedBy } from "../run/explained-by.ts";
import { demand, demandEqual } from "../run/failure.ts";
import type { FixtureFeeds } from "../networks/fixture.ts";

/** Methods where rows, chunks, targets or inputs are not the plain ones: what belongs to a row stays with it. */
export function nestedMethodCases(): readonly Case[] {
  return [
    {
      id: "methods/nested/smooth-integrated",
      proves: "SmoothGrad of integrated gradients starts each row's paths at that row's baseline.",
      fixtures: ["mlp"],
      run: (context) => checkRowsAlone(context, (base, baseline) => smooth(integrated(base, { n: 2, baseline }), { n: 3, seed: 7 })),
    },
    {
      id: "methods/nested/integrated-integrated",
      proves: "Integrated gradients of integrated gradients start each row's paths at that row's baseline.",
      fixtures: ["mlp"],
      run: (context) => checkRowsAlone(context, (base, baseline) => integrated(integrated(base, { n: 3, baseline }), { n: 2, baseline: 0.25 })),
    },
    {
      id: "methods/nested/chunks",
      proves: "Attributions do not depend on preferredBatch.",
      fixtures: ["mlp"],
      run: checkChunks,
    },
    {
      id: "methods/terms",
      proves: "Integrated gradients and SmoothGrad explain weighted sums of entries: each is the same sum of attributions.",
      fixtures: ["smooth-mlp"],
      run: checkTerms,
    },
    {
      id: "methods/max",
      proves: "Integrated gradients and SmoothGrad of { max } explain the entry that is largest at the input.",
      fixtures: ["spatial"],
      run: checkMax,
    },
    { id: "methods/mixed-targets", proves: "Methods take another kind of target for every row.", fixtures: ["mlp"], run: checkMixedTargets },
    {
      id: "methods/shared-inputs",
      proves: "Methods pass inputs without a batch axis on as they are.",
      fixtures: ["shared-inputs"],
      run: (context) => checkAgainstReference(context, ["x"]),
    },
    {
      id: "methods/state-input",
      proves: "Methods give every point the state of its row, whose rows lie behind another axis.",
      fixtures: ["state-input"],
      run: (context) => checkAgainstReference(context, ["x"]),
    },
    {
      id: "methods/fixed-batch",
      proves: "Methods take any number of rows where the file fixes the batch.",
      fixtures: ["fixed-batch"],
      run: (context) => checkAgainstReference(context, undefined),
    },
  ];
}

type Method = (base: Explainer) => Explainer;

const METHODS: Readonly<Record<string, Method>> = {
  vanilla: (base) => base,
  integrated: (base) => integrated(base, { n: 2 }),
  smooth: (base) => smooth(base, { n: 2, seed: 5 }),
};

/** Three rows with a baseline each, together and one by one. */
async function checkRowsAlone(context: CaseContext, method: (base: Explainer, baseline: FloatTensor) => Explainer): Promise<void> {
  const { fixture, model } = await context.load();
  const x = fixture.sample(3)["x"] as FloatTensor;
  const baselines = baselinesOf(x);
  const together = (await method(new Backprop(model), baselines).explain(x, { target: [0, 3, 1] })).values;
  for (const [row, target] of [0, 3, 1].entries()) {
    const alone = await method(new Backprop(model), sliceRows(baselines, row, row + 1)).explain(sliceRows(x, row, row + 1), { target });
    context.closeTo(sliceRows(together, row, row + 1), alone.values, `row ${row} of 3 against that row alone`);
  }
}

/** The same with chunks of 1 to 3 points: among them the number of rows, which the points of a chunk must not be taken for. */
async function checkChunks(context: CaseContext): Promise<void> {
  const { fixture, model, reference } = await context.load();
  const x = fixture.sample(2)["x"] as FloatTensor;
  const baseline = baselinesOf(x);
  const methods: readonly Method[] = [
    (base) => smooth(integrated(base, { n: 2, baseline }), { n: 3, seed: 7 }),
    (base) => integrated(integrated(base, { n: 2, baseline }), { n: 3, baseline }),
  ];
  for (const method of methods) {
    const expected = (await method(new Backprop(reference)).explain(x, { target: 2 })).values;
    for (const size of [1, 2, 3]) {
      const explainer = method(new Backprop(withPreferredBatch(model, context.rows(size))));
      context.closeTo((await explainer.explain(x, { target: 2 })).values, expected, `attributions with preferredBatch ${size}`);
    }
  }
}

async function checkTerms(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const x = fixture.sample(2)["x"] as FloatTensor;
  const weights = [1, -0.5] as const;
  const target: Target = { terms: weights.map((weight, i) => ({ index: 3 * i, weight })) };
  const expected = explainedBy(fixture.evaluate({ x })["scores"]!, target);
  for (const [name, method] of Object.entries(METHODS)) {
    const explain = (of: Target): ReturnType<Explainer["explain"]> => method(new Backprop(model)).explain(x, { target: of });
    const attribution = await explain(target);
    const [one, other] = [(await explain(0)).values as FloatTensor, (await explain(3)).values as FloatTensor];
    const sum = one.data.map((value, i) => weights[0] * value + weights[1] * other.data[i]!);
    context.closeTo(attribution.values as FloatTensor, float32(one.dims, sum), `${name} of a sum of terms against the sum of both`);
    context.closeTo(float32([2], attribution.scores), expected.scores, `scores of ${name} of a sum of terms`);
    demandEqual(attribution.target, expected.target, `targets of ${name} of a sum of terms`);
  }
}

async function checkMax(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const feeds = fixture.sample(2);
  const target: Target = { max: [1, null, null] };
  const expected = explainedBy(fixture.evaluate(feeds)["map"]!, target);
  demand(JSON.stringify(expected.target[0]) !== JSON.stringify(expected.target[1]), "The rows must have their maxima apart.");
  for (const [name, method] of Object.entries(METHODS)) {
    const attribution = await method(new Backprop(model)).explain(feeds, { target });
    const named = await method(new Backprop(model)).explain(feeds, { target: expected.target });
    demandEqual(attribution.target, expected.target, `targets of ${name} of a largest entry`);
    context.closeTo(attribution.values["image"]!, named.values["image"]!, `${name} of a largest entry against that entry`);
  }
}

async function checkMixedTargets(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const x = fixture.sample(3)["x"] as FloatTensor;
  const terms = [1, 4].map((index) => ({ index, weight: index - 2 }));
  const targets = [{ terms }, null, { max: [null] }] as readonly (Target | null)[];
  const expected = explainedBy(fixture.evaluate({ x } as FixtureFeeds)["scores"]!, targets as readonly Target[]);
  for (const [name, method] of Object.entries(METHODS)) {
    const attribution = await method(new Backprop(model)).explain(x, { target: targets as readonly Target[] });
    demandEqual(attribution.target, expected.target, `targets of ${name}`);
    for (const row of [0, 1, 2]) {
      const alone = await method(new Backprop(model)).explain(sliceRows(x, row, row + 1), { target: targets[row]! });
      context.closeTo(sliceRows(attribution.values, row, row + 1), alone.values, `row ${row} of ${name} with its own target`);
    }
  }
}

async function checkAgainstReference(context: CaseContext, wrt: readonly string[] | undefined): Promise<void> {
  const { fixture, model, reference }: Subject = await context.load();
  const feeds = fixture.sample(3);
  for (const [name, method] of Object.entries(METHODS)) {
    const [actual, expected] = await Promise.all([model, reference].map((from) => method(new Backprop(from)).explain(feeds, { target: [2, 0, 1], wrt })));
    context.closeTo(actual!.values["x"]!, expected!.values["x"]!, `${name} of three rows`);
  }
}

function baselinesOf({ dims, data }: FloatTensor): FloatTensor {
  return float32(dims, [...createNoise(31).next(data.length)]);
}

function withPreferredBatch(model: Model, preferredBatch: number): Model {
  return { ...delegateTo(model), capabilities: { ...model.capabilities, preferredBatch } };
}
