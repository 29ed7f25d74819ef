import { float32, sliceRows } from "@xdeep/core";
import { concatRows, sliceFeeds } from "@xdeep/core/backend";
import type { FloatTensor, VjpRequest } from "@xdeep/core";

import type { Case } from "../run/case.ts";
import type { CaseContext, Subject } from "../run/case-context.ts";
import { expectRejection } from "../run/expect-rejection.ts";

/** Many rows in one call: each is treated as it would be alone. */
export function batchCases(): readonly Case[] {
  return [
    ...["mlp", "cnn", "two-inputs", "spatial"].map((id): Case => ({
      id: `batch/rows-alone/${id}`,
      proves: "Row n of a batch is row n alone: outputs, scores, targets and gradients.",
      fixtures: [id],
      requires: { kind: "rows", rows: 3 },
      run: checkRowsAlone,
    })),
    {
      id: "batch/order",
      proves: "Rows in another order give the same results in that order.",
      fixtures: ["cnn"],
      requires: { kind: "rows", rows: 3 },
      run: checkOrder,
    },
    {
      id: "batch/weights",
      proves: "Weights give Σ wₙ gₙ with a leading axis of 1.",
      fixtures: ["cnn"],
      requires: { kind: "rows", rows: 3 },
      run: checkWeights,
    },
    { id: "batch/weight-of-one-row", proves: "A weight scales the gradient of a single row.", fixtures: ["mlp"], run: checkSingleWeight },
    { id: "batch/large", proves: "Each of 33 rows of a call is right.", fixtures: ["mlp"], requires: { kind: "rows", rows: 33 }, run: checkLarge },
    {
      id: "batch/large-forward",
      proves: "Outputs and scores of each of 33 rows are right.",
      fixtures: ["mlp"],
      requires: { kind: "rows", rows: 33 },
      run: checkLargeForward,
    },
    { id: "batch/beyond-preferred", proves: "Each row is right in a call of more than twice preferredBatch.", fixtures: ["mlp"], run: checkBeyondPreferred },
    {
      id: "batch/weights-beyond-preferred",
      proves: "Weights count for every row of a call of more than twice preferredBatch.",
      fixtures: ["mlp"],
      run: checkWeightsBeyondPreferred,
    },
    { id: "batch/bound", proves: "A call takes maxBatch rows and refuses one more.", fixtures: ["mlp"], run: checkBound },
  ];
}

async function checkRowsAlone(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const together = await model.vjp({ feeds: fixture.sample(3), target: null });
  for (let row = 0; row < 3; row++) {
    const range = { start: row, end: row + 1 };
    const alone = await model.vjp({ feeds: sliceFeeds(fixture.sample(3), range), target: together.target[row]! });
    const compare = (kind: "outputs" | "gradients"): void => {
      for (const [name, tensor] of Object.entries(alone[kind])) {
        context.closeTo(sliceRows(together[kind][name]!, row, row + 1), tensor, `${kind} "${name}", row ${row} of a batch of 3 against that row alone`);
      }
    };
    compare("outputs");
    compare("gradients");
    context.closeTo(float32([1], [together.scores[row]!]), float32([1], alone.scores), `score of row ${row} of a batch of 3 against that row alone`);
  }
}

async function checkOrder(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const image = fixture.sample(3)["image"] as FloatTensor;
  const reversed = concatRows([2, 1, 0].map((row) => sliceRows(image, row, row + 1)));
  const forth = (await model.vjp({ feeds: { image }, target: [0, 1, 2] })).gradients["image"]!;
  const back = (await model.vjp({ feeds: { image: reversed }, target: [2, 1, 0] })).gradients["image"]!;
  context.closeTo(concatRows([2, 1, 0].map((row) => sliceRows(back, row, row + 1))), forth, "gradients of rows in reverse order");
}

async function checkWeights(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const request: VjpRequest = { feeds: fixture.sample(3), target: [0, 1, 2] };
  const each = (await model.vjp(request)).gradients["image"]!;
  for (const weights of [Float32Array.of(0.5, 0.25, 0.25), Float32Array.of(1, -2, 0)]) {
    const size = each.data.length / 3;
    const sum = Float32Array.from({ length: size }, (_, i) => weights.reduce((total, weight, row) => total + weight * each.data[row * size + i]!, 0));
    const weighted = (await model.vjp({ ...request, weights })).gradients["image"]!;
    context.closeTo(weighted, float32([1, ...each.dims.slice(1)], sum), `gradient with weights ${weights.join(", ")}`);
  }
}

async function checkSingleWeight(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const request: VjpRequest = { feeds: fixture.sample(1), target: 2 };
  const plain = (await model.vjp(request)).gradients["x"]!;
  const expected = float32(
    plain.dims,
    plain.data.map((value) => -3 * value),
  );
  const weighted = (await model.vjp({ ...request, weights: Float32Array.of(-3) })).gradients["x"]!;
  context.closeTo(weighted, expected, "gradient with weight −3");
}

async function checkLarge(context: CaseContext): Promise<void> {
  await checkRows(context, await context.load(), 33);
}

async function checkLargeForward(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const feeds = subject.fixture.sample(33);
  await context.agreeOnForward(subject, { feeds, target: targetsOf(33) }, "forward of 33 rows");
  await context.agreeOnForward(subject, { feeds, target: null }, "forward of 33 rows with their argmax");
}

async function checkBeyondPreferred(context: CaseContext): Promise<void> {
  const subject = await context.load();
  await checkRows(context, subject, rowsBeyondPreferred(context, subject));
}

async function checkWeightsBeyondPreferred(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const rows = rowsBeyondPreferred(context, subject);
  const weights = Float32Array.from({ length: rows }, (_, row) => (row % 3) - 1 + 0.5 ** (row % 4));
  await context.agreeOnVjp(subject, { feeds: subject.fixture.sample(rows), target: targetsOf(rows), weights }, `${rows} rows with weights`);
}

async function checkRows(context: CaseContext, subject: Subject, rows: number): Promise<void> {
  const feeds = subject.fixture.sample(rows);
  await context.agreeOnVjp(subject, { feeds, target: targetsOf(rows) }, `${rows} rows`);
  await context.agreeOnVjp(subject, { feeds, target: null }, `${rows} rows with their argmax`);
}

/** Enough rows for a backend that splits calls by preferredBatch to need three parts. */
function rowsBeyondPreferred(context: CaseContext, { raw }: Subject): number {
  return context.rows(2 * raw.capabilities.preferredBatch + 1);
}

/** Neighbours have different targets. */
function targetsOf(rows: number): readonly number[] {
  return Array.from({ length: rows }, (_, row) => (row * 2) % 5);
}

async function checkBound(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const { maxBatch } = context.manifest.capabilities;
  await model.vjp({ feeds: fixture.sample(maxBatch ?? 1), target: 0 });
  if (maxBatch === null) return;
  await expectRejection(
    () => model.vjp({ feeds: fixture.sample(maxBatch + 1), target: 0 }),
    ["BATCH_INVALID", "CAPABILITY_MISSING"],
    `A call of ${maxBatch + 1} rows where maxBatch is ${maxBatch}`,
  );
}
