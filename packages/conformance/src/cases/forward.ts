import type { Case } from "../run/case.ts";
import type { CaseContext } from "../run/case-context.ts";
import { demandEqual } from "../run/failure.ts";
import { fixtures } from "../fixtures/index.ts";

/** Outputs against the float64 reference. */
export function forwardCases(): readonly Case[] {
  return [
    ...fixtures().map(({ id, summary }): Case => ({
      id: `forward/${id}`,
      proves: `Outputs are right: ${summary}.`,
      fixtures: [id],
      async run(context) {
        const subject = await context.load();
        await context.agreeOnOutputs(subject, { feeds: subject.fixture.sample(context.rows(2)) });
      },
    })),
    { id: "forward/named-outputs", proves: "outputs chooses what is returned.", fixtures: ["two-outputs"], run: checkNamedOutputs },
    { id: "forward/scores", proves: "forward scores the target that is named.", fixtures: ["two-outputs"], run: checkScores },
  ];
}

async function checkNamedOutputs(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const feeds = subject.fixture.sample(context.rows(2));
  for (const outputs of [["other"], ["other", "scores"], ["scores", "other"]])
    await context.agreeOnForward(subject, { feeds, outputs }, `forward with outputs ${JSON.stringify(outputs)}`);
  await context.agreeOnForward(subject, { feeds, outputs: [], target: 1 }, "forward that returns scores alone");
}

async function checkScores(context: CaseContext): Promise<void> {
  const { fixture, model, reference } = await context.load();
  for (const request of [{ target: 3 }, { target: 1, output: "other" }, { target: null }]) {
    const feeds = fixture.sample(context.rows(2));
    const [actual, expected] = [await model.forward({ feeds, ...request }), await reference.forward({ feeds, ...request })];
    demandEqual(actual.target, expected.target, `targets of forward with ${JSON.stringify(request)}`);
    demandEqual(actual.output, expected.output, `output of forward with ${JSON.stringify(request)}`);
    const asTensor = (data: Float32Array): { type: "float32"; dims: number[]; data: Float32Array } => ({ type: "float32", dims: [data.length], data });
    context.closeTo(asTensor(actual.scores), asTensor(expected.scores), `scores of forward with ${JSON.stringify(request)}`);
  }
}
