import { float32 } from "@xdeep/core";
import type { FloatTensor, VjpRequest } from "@xdeep/core";

import type { Case } from "../run/case.ts";
import type { CaseContext, Subject } from "../run/case-context.ts";

/** Files that fix the number of rows, and inputs that belong to all rows: any number of rows is right. */
export function fixedBatchCases(): readonly Case[] {
  const onFixed = (id: string, proves: string, part: (rows: number) => Partial<VjpRequest>): Case => ({
    id: `batch/fixed/${id}`,
    proves,
    fixtures: ["fixed-batch"],
    run: (context) => checkEveryCount(context, part),
  });
  const onShared = (id: string, fixture: string, proves: string): Case => ({
    id: `batch/${id}`,
    proves,
    fixtures: [fixture],
    run: (context) => checkEveryCount(context, (rows) => ({ wrt: ["x"], target: targetsOf(rows, 4) })),
  });
  return [
    onFixed("rows", "A file of two rows explains one, two, three and five.", (rows) => ({ target: targetsOf(rows, 5) })),
    onFixed("weights", "Rows that only fill a fixed batch weigh nothing.", (rows) => ({ target: null, weights: weightsOf(rows) })),
    onFixed("cotangent", "A cotangent is split as the rows of a fixed batch are.", (rows) => ({ target: undefined, cotangent: cotangentOf(rows, 5) })),
    onFixed("terms", "Sums of entries hold in every row of a fixed batch.", () => ({
      target: { terms: [1, 3].map((index) => ({ index, weight: index - 2 })) },
    })),
    onShared("shared-inputs", "shared-inputs", "An input without a batch axis is the same for every row."),
    onShared("fixed/shared-inputs", "fixed-batch-shared-inputs", "So it is where the file fixes the batch."),
    {
      id: "batch/state-input",
      proves: "A state whose rows lie behind another axis goes with its row, and so does its gradient; one row of it is for all.",
      fixtures: ["state-input"],
      run: checkStates,
    },
    {
      id: "batch/gradient-of-shared-inputs",
      proves: "The gradient of an input without a batch axis is the sum over the rows, in its own dims.",
      fixtures: ["shared-inputs"],
      run: (context) => checkGradientOfShared(context, [1, 2, 5]),
    },
    {
      id: "batch/fixed/gradient-of-shared-inputs",
      proves: "So it is in a fixed batch, where rows that only fill it add nothing.",
      fixtures: ["fixed-batch-shared-inputs"],
      run: (context) => checkGradientOfShared(context, [1, 2, 3]),
    },
  ];
}

async function checkEveryCount(context: CaseContext, part: (rows: number) => Partial<VjpRequest>): Promise<void> {
  const subject = await context.load();
  for (const rows of countsFor(context, [1, 2, 3, 5])) {
    const feeds = subject.fixture.sample(rows);
    const request = part(rows);
    await context.agreeOnVjp(subject, { feeds, ...request }, `${rows} rows`);
    if (request.cotangent === undefined) await context.agreeOnForward(subject, { feeds, target: request.target }, `forward of ${rows} rows`);
  }
}

async function checkGradientOfShared(context: CaseContext, counts: readonly number[]): Promise<void> {
  const subject = await context.load();
  const wrt = ["gain", "table"];
  for (const rows of countsFor(context, counts)) {
    const feeds = subject.fixture.sample(rows);
    for (const request of requestsOf(subject, rows))
      await context.agreeOnVjp(subject, { feeds, wrt, ...request }, `${rows} rows by ${Object.keys(request).join()}`);
  }
}

async function checkStates(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const wrt = ["x", "state"];
  for (const rows of countsFor(context, [1, 2, 5])) {
    const feeds = subject.fixture.sample(rows);
    const lone = { ...feeds, state: subject.fixture.sample(1)["state"]! };
    await context.agreeOnForward(subject, { feeds, target: targetsOf(rows, 4) }, `forward of ${rows} rows`);
    for (const request of requestsOf(subject, rows))
      await context.agreeOnVjp(subject, { feeds, wrt, ...request }, `${rows} rows by ${Object.keys(request).join()}`);
    await context.agreeOnVjp(subject, { feeds: lone, wrt, target: targetsOf(rows, 4) }, `${rows} rows with one state`);
  }
}

function requestsOf({ fixture }: Subject, rows: number): readonly Partial<VjpRequest>[] {
  return [{ target: targetsOf(rows, 4) }, { target: null, weights: weightsOf(rows) }, { cotangent: cotangentOf(rows, fixture.outputs[0]!.dims[1]!) }];
}

function countsFor(context: CaseContext, counts: readonly number[]): readonly number[] {
  return counts.filter((rows) => rows === context.rows(rows));
}

function targetsOf(rows: number, classes: number): readonly number[] {
  return Array.from({ length: rows }, (_, row) => (row * 3) % classes);
}

function weightsOf(rows: number): Float32Array {
  return Float32Array.from({ length: rows }, (_, row) => 2 - row);
}

function cotangentOf(rows: number, classes: number): FloatTensor {
  return float32(
    [rows, classes],
    Array.from({ length: rows * classes }, (_, i) => (i % 7) - 2.5),
  );
}
