import { float32 } from "@xdeep/core";
import type { FloatTensor, Target, TargetOption, VjpRequest, XDeepErrorCode } from "@xdeep/core";

import type { Case } from "../case.ts";
import type { CaseContext, Subject } from "../case-context.ts";
import { expectRejection } from "../expect-rejection.ts";
import { demandEqual } from "../failure.ts";

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
    refused("list-length", "A list must hold one target per row.", "mlp", [0, 1], "TARGET_INVALID"),
    ...["softmax", "sigmoid"].flatMap((activation): readonly Case[] => [
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
  await compare(context, await context.load(), target === undefined ? {} : { target }, rows);
}

async function checkOutput(context: CaseContext): Promise<void> {
  const subject = await context.load();
  await compare(context, subject, { target: 2, output: "other" }, 1);
  await compare(context, subject, { target: 4, output: "scores" }, 1);
  await compare(context, subject, { target: 4 }, 1);
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

/** Targets and scores against the reference; gradients against the backend's own for the cotangent that the reference's targets mean. */
async function compare(context: CaseContext, { fixture, model, reference }: Subject, request: Omit<VjpRequest, "feeds">, rows: number): Promise<void> {
  const expected = await reference.vjp({ ...request, feeds: fixture.sample(rows) });
  const actual = await model.vjp({ ...request, feeds: fixture.sample(rows) });
  const what = `with target ${JSON.stringify(request.target)}`;
  demandEqual(actual.target, expected.target, `targets ${what}`);
  demandEqual(actual.output, expected.output, `output ${what}`);
  context.closeTo(float32([actual.scores.length], actual.scores), float32([expected.scores.length], expected.scores), `scores ${what}`);
  const { dims } = fixture.outputs.find(({ name }) => name === expected.output)!;
  const byCotangent = await model.vjp({ feeds: fixture.sample(rows), output: expected.output, cotangent: oneHot([rows, ...dims], expected.target) });
  for (const [name, gradient] of Object.entries(byCotangent.gradients))
    context.closeTo(actual.gradients[name]!, gradient, `gradient of "${name}" ${what} against the one by its cotangent`);
}

function oneHot(dims: readonly number[], targets: readonly Target[]): FloatTensor {
  const cotangent = float32(dims);
  const axes = dims.slice(1);
  targets.forEach((target, row) => {
    const index =
      typeof target === "number"
        ? target
        : (target as { readonly index: readonly number[] }).index.reduce((flat, entry, axis) => flat * axes[axis]! + entry, 0);
    cotangent.data[row * (cotangent.data.length / targets.length) + index] = 1;
  });
  return cotangent;
}
