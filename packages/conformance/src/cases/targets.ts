import { float32 } from "@xdeep/core";
import type { FloatTensor, Target, TargetOption, VjpRequest, XDeepErrorCode } from "@xdeep/core";

import type { Case } from "../run/case.ts";
import type { CaseContext, Subject } from "../run/case-context.ts";
import { expectRejection } from "../run/expect-rejection.ts";
import { explainedBy } from "../run/explained-by.ts";
import { demandEqual } from "../run/failure.ts";
import type { FixtureFeeds } from "../networks/fixture.ts";

/** Which entry of which output is explained. */
export function targetCases(): readonly Case[] {
  const named = (id: string, proves: string, fixture: string, target: TargetOption | undefined, rows = 1): Case => ({
    id: `targets/${id}`,
    proves,
    fixtures: [fixture],
    ...(rows > 1 ? { requires: { kind: "rows", rows } as const } : {}),
    run: (context) => checkTarget(context, target, rows),
  });
  const refused = (id: string, proves: string, fixture: string, target: unknown, code: XDeepErrorCode): Case => ({
    id: `targets/${id}`,
    proves,
    fixtures: [fixture],
    run: (context) => checkRefused(context, target as TargetOption, code),
  });
  return [
    named("number", "A number names the class.", "mlp", 3),
    named("argmax", "Null is each row's own argmax.", "mlp", null, 3),
    named("default", "No target is null.", "mlp", undefined),
    named("per-row", "A list holds one target per row.", "mlp", [4, 0, 2], 3),
    named("shared", "One target holds for all rows.", "mlp", 2, 3),
    named("one-tuple", "A tuple of one index names the class.", "mlp", { index: [2] }),
    named("one-entry", "An output with one entry needs no target.", "one-entry", undefined, 3),
    named("tuple", "A tuple [class, y, x] names an entry of a map.", "spatial", { index: [1, 3, 4] }),
    named("tuple-per-row", "Tuples may differ by row.", "spatial", [{ index: [0, 0, 0] }, { index: [1, 4, 5] }], 2),
    named("tuple-argmax", "The argmax of a map is reported as a tuple.", "spatial", null),
    named("tuple-argmax-per-row", "Every row of a map has its own argmax.", "spatial", null, 3),
    { id: "targets/argmax-ties", proves: "Of equal maxima the first is the argmax.", fixtures: ["relu"], run: checkTies },
    { id: "targets/tuple-argmax-ties", proves: "Of equal maxima of a map the first is the argmax.", fixtures: ["fan-out"], run: checkTiesOnMap },
    named("terms", "A target may be a weighted sum of entries.", "mlp", {
      terms: [
        { index: 0, weight: 1 },
        { index: 3, weight: -0.5 },
      ],
    }),
    named("terms-repeated", "Terms of the same entry add up.", "mlp", {
      terms: [
        { index: 2, weight: 1 },
        { index: 2, weight: 0.5 },
        { index: [2], weight: 0.25 },
      ],
    }),
    named("terms-on-map", "Terms may be tuples: a sum over a region of a map.", "spatial", {
      terms: [
        { index: [1, 0, 0], weight: 0.5 },
        { index: [1, 3, 4], weight: 0.5 },
        { index: [0, 3, 4], weight: -1 },
      ],
    }),
    named("max", "{ max } is the largest entry of each row where the tuple is null, and is reported as that entry.", "spatial", { max: [0, null, null] }, 3),
    named("max-of-one-axis", "{ max } may fix every axis but one.", "spatial", { max: [null, 2, 5] }, 2),
    named("max-of-vector", "{ max } of a vector is its argmax.", "mlp", { max: [null] }, 2),
    {
      id: "targets/mixed",
      proves: "A list may mix entries, terms, largest entries and null.",
      fixtures: ["mlp"],
      requires: { kind: "rows", rows: 4 },
      run: checkMixed,
    },
    {
      id: "targets/terms-weights",
      proves: "Weights sum rows of any kind of target.",
      fixtures: ["mlp"],
      requires: { kind: "rows", rows: 4 },
      run: (context) => checkMixed(context, Float32Array.of(0.5, -2, 0.25, 3)),
    },
    { id: "targets/output", proves: "output chooses the output that is explained.", fixtures: ["two-outputs"], run: checkOutput },
    refused("too-large", "A class beyond the last is refused.", "mlp", 5, "TARGET_OUT_OF_RANGE"),
    refused("negative", "A negative class is refused.", "mlp", -1, "TARGET_OUT_OF_RANGE"),
    refused(
      "tuple-too-large",
      "An index beyond its axis is refused, though it would fit another axis.",
      "spatial",
      { index: [0, 5, 0] },
      "TARGET_OUT_OF_RANGE",
    ),
    refused("one-entry-too-large", "Class 1 of an output with one entry is refused.", "one-entry", 1, "TARGET_OUT_OF_RANGE"),
    refused("fraction", "A class that is no integer is refused.", "mlp", 1.5, "TARGET_INVALID"),
    refused("tuple-length", "A tuple must have an index per axis.", "spatial", { index: [0, 1] }, "TARGET_INVALID"),
    refused("number-on-map", "A plain number does not name an entry of a map.", "spatial", 3, "TARGET_INVALID"),
    refused("no-terms", "A sum of no terms is refused.", "mlp", { terms: [] }, "TARGET_INVALID"),
    refused("term-weight", "A term needs a weight that is a finite number.", "mlp", { terms: [{ index: 1, weight: Number.NaN }] }, "TARGET_INVALID"),
    refused("term-too-large", "A term beyond the last class is refused.", "mlp", { terms: [{ index: 5, weight: 1 }] }, "TARGET_OUT_OF_RANGE"),
    refused("max-length", "{ max } must have an entry per axis.", "spatial", { max: [1, null] }, "TARGET_INVALID"),
    refused("max-too-large", "{ max } must fix indices that exist.", "spatial", { max: [2, null, null] }, "TARGET_OUT_OF_RANGE"),
    refused("list-length", "A list must hold one target per row.", "mlp", [0, 1], "TARGET_INVALID"),
    ...["softmax", "sigmoid", "log-softmax"].flatMap((activation): readonly Case[] => [
      {
        id: `targets/${activation}/logit`,
        proves: `score "logit", the default, explains the argument of a final ${activation}.`,
        fixtures: [`${activation}-head`],
        requires: { kind: "logits" },
        run: (context) => checkScore(context, ["logit", undefined]),
      },
      {
        id: `targets/${activation}/probability`,
        proves: `score "probability" explains the ${activation} itself.`,
        fixtures: [`${activation}-head`],
        run: (context) => checkScore(context, ["probability"]),
      },
    ]),
  ];
}

async function checkTarget(context: CaseContext, target: TargetOption | undefined, rows: number): Promise<void> {
  const subject = await context.load();
  await checkExplained(context, subject, { feeds: subject.fixture.sample(rows), ...(target === undefined ? {} : { target }) });
}

/** Two rows whose maxima are met twice and more, in vjp and in forward. */
async function checkTies(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const rows = context.rows(2);
  const x = float32([rows, 6], [-1, 0.5, 3, 1, 3, 3, -1, -2, -3, -1, -2, -3].slice(0, rows * 6));
  await checkExplained(context, subject, { feeds: { x }, target: null });
}

/** Maxima at [0, 0, 2] and [1, 3, 5]: the first is the first in every order of the axes. */
async function checkTiesOnMap(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const x = float32([1, 2, 5, 7]);
  for (const index of [2, 35 + 3 * 7 + 5]) x.data[index] = 2;
  await checkExplained(context, subject, { feeds: { x }, target: null });
}

async function checkMixed(context: CaseContext, weights?: Float32Array): Promise<void> {
  const subject = await context.load();
  const terms = { terms: [1, 4].map((index) => ({ index, weight: index - 2 })) };
  const target = [terms, null, { max: [null] }, 3] as unknown as readonly Target[];
  await checkExplained(context, subject, { feeds: subject.fixture.sample(4), target, ...(weights === undefined ? {} : { weights }) });
}

async function checkOutput(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const feeds = subject.fixture.sample(1);
  await checkExplained(context, subject, { feeds, target: 2, output: "other" });
  await checkExplained(context, subject, { feeds, target: 4, output: "scores" });
  await checkExplained(context, subject, { feeds, target: 4 });
}

async function checkRefused(context: CaseContext, target: TargetOption, code: XDeepErrorCode): Promise<void> {
  const { fixture, model } = await context.load();
  const feeds = fixture.sample(1);
  await expectRejection(() => model.vjp({ feeds, target }), code, `vjp with target ${JSON.stringify(target)}`);
  await expectRejection(() => model.forward({ feeds, target }), code, `forward with target ${JSON.stringify(target)}`);
}

async function checkScore(context: CaseContext, scores: readonly VjpRequest["score"][]): Promise<void> {
  const subject = await context.load();
  for (const score of scores) {
    const result = await context.agreeOnGradients(subject, { feeds: subject.fixture.sample(1), target: 2, score });
    demandEqual(result.score, score ?? "logit", "score of the result");
    const expected = await subject.reference.vjp({ feeds: subject.fixture.sample(1), target: 2, score });
    context.closeTo(float32([1], result.scores), float32([1], expected.scores), `value of the score ${score ?? "by default"}`);
  }
}

/**
 * Targets, scores and gradients of vjp, and targets and scores of forward, against what the target means by the contract's text. The gradient
 * is the reference's for the cotangent that the target means.
 */
async function checkExplained(context: CaseContext, { fixture, model, reference }: Subject, request: VjpRequest): Promise<void> {
  const { feeds, target, weights, output = fixture.outputs[0]!.name } = request;
  const expected = explainedBy(fixture.evaluate(feeds as FixtureFeeds)[output]!, target);
  const { wrt: _wrt, weights: _weights, ...scoring } = request;
  const results = { vjp: await model.vjp(request), forward: await model.forward({ ...scoring, target: target ?? null }) };
  for (const [call, result] of Object.entries(results)) {
    const what = `of ${call} with target ${JSON.stringify(target)}`;
    demandEqual(result.target, expected.target, `targets ${what}`);
    demandEqual(result.output, output, `output ${what}`);
    context.closeTo(float32([result.scores.length], result.scores), expected.scores, `scores ${what}`);
  }
  const { gradients } = await reference.vjp({ feeds, output, cotangent: expected.cotangent });
  for (const [name, gradient] of Object.entries(gradients))
    context.closeTo(results.vjp.gradients[name]!, weighed(gradient, weights), `gradient of "${name}" with target ${JSON.stringify(target)}`);
}

function weighed({ dims, data }: FloatTensor, weights: Float32Array | undefined): FloatTensor {
  if (weights === undefined) return { type: "float32", dims, data };
  const size = data.length / weights.length;
  const sum = Array.from({ length: size }, (_, i) => weights.reduce((total, weight, row) => total + weight * data[row * size + i]!, 0));
  return float32([1, ...dims.slice(1)], sum);
}
