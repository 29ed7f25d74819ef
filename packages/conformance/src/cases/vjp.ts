import { float32, sizeOf } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import type { FloatTensor } from "@xdeep/core";

import type { Case } from "../run/case.ts";
import type { CaseContext } from "../run/case-context.ts";
import { fixtures } from "../fixtures/index.ts";

/** Input gradients against the float64 reference, for a random cotangent of every output, and at kinks. */
export function vjpCases(): readonly Case[] {
  return [
    ...fixtures().map(({ id, summary }): Case => ({
      id: `vjp/${id}`,
      proves: `Input gradients are right: ${summary}.`,
      fixtures: [id],
      run: checkEveryOutput,
    })),
    {
      id: "vjp/relu/at-zero",
      proves: "The derivative of ReLU at 0 is 0.",
      fixtures: ["relu"],
      run: (context) => checkAt(context, [0, -0, 1, -1, 0, 2]),
    },
    {
      id: "vjp/relu6/at-bounds",
      proves: "The derivative of ReLU6 at 0 and 6 is 0.",
      fixtures: ["relu6"],
      run: (context) => checkAt(context, [0, 6, 3, -1, 7, 6]),
    },
    {
      id: "vjp/max-pool/ties",
      proves: "Of equal maxima in a window the first takes the whole cotangent.",
      fixtures: ["max-pool"],
      run: (context) =>
        checkAt(
          context,
          Array.from({ length: 70 }, (_, i) => i % 3),
        ),
    },
    {
      id: "vjp/max-pool-overlap/ties",
      proves: "Ties in overlapping, padded windows go to the first.",
      fixtures: ["max-pool-overlap"],
      run: (context) =>
        checkAt(
          context,
          Array.from({ length: 70 }, () => 0.5),
        ),
    },
    {
      id: "vjp/max-pool/negative",
      proves: "Windows of negative numbers pass their gradient, and padding takes none.",
      fixtures: ["max-pool-overlap"],
      run: (context) =>
        checkAt(
          context,
          Array.from({ length: 70 }, (_, i) => -1 - ((i * 37) % 70)),
        ),
    },
    { id: "vjp/zero-cotangent", proves: "A cotangent of zeros gives zeros.", fixtures: ["cnn"], run: checkZero },
    ...["softmax", "sigmoid", "log-softmax"].map((activation): Case => ({
      id: `vjp/cotangent-of-${activation}`,
      proves: `A cotangent is that of the ${activation} itself, whatever score is asked for.`,
      fixtures: [`${activation}-head`],
      run: checkCotangentOfActivation,
    })),
    { id: "vjp/named-outputs", proves: "outputs chooses what is returned beside the gradients.", fixtures: ["two-outputs"], run: checkNamedOutputs },
    { id: "vjp/one-hot", proves: "A target is a cotangent of one entry.", fixtures: ["mlp"], run: checkOneHot },
  ];
}

async function checkEveryOutput(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const rows = context.rows(2);
  for (const { name, dims } of subject.fixture.outputs) {
    const feeds = subject.fixture.sample(rows);
    await context.agreeOnGradients(subject, { feeds, output: name, cotangent: randomCotangent([rows, ...rowDims(dims)]) });
  }
}

async function checkAt(context: CaseContext, x: readonly number[]): Promise<void> {
  const subject = await context.load();
  const [{ dims }] = [subject.fixture.network.inputs[0]!];
  const cotangent = randomCotangent([1, ...rowDims(subject.fixture.outputs[0]!.dims)]);
  await context.agreeOnGradients(subject, { feeds: { x: float32([1, ...dims], x) }, cotangent });
}

async function checkZero(context: CaseContext): Promise<void> {
  const subject = await context.load();
  await context.agreeOnGradients(subject, { feeds: subject.fixture.sample(1), cotangent: float32([1, 4]) });
}

async function checkOneHot(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const feeds = fixture.sample(1);
  const byTarget = await model.vjp({ feeds, target: 3 });
  const byCotangent = await model.vjp({ feeds, cotangent: float32([1, 5], [0, 0, 0, 1, 0]) });
  context.closeTo(byTarget.gradients["x"]!, byCotangent.gradients["x"]!, "gradient by target 3 against the one by its cotangent");
}

async function checkCotangentOfActivation(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const { name, dims } = subject.fixture.outputs[0]!;
  const rows = context.rows(2);
  const request = { feeds: subject.fixture.sample(rows), cotangent: randomCotangent([rows, ...rowDims(dims)]) };
  for (const score of [undefined, "logit", "probability"] as const)
    await context.agreeOnVjp(subject, { ...request, score }, `a cotangent of "${name}" beside score ${score ?? "by default"}`);
}

async function checkNamedOutputs(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const feeds = subject.fixture.sample(context.rows(2));
  for (const outputs of [["other"], ["other", "scores"], []])
    await context.agreeOnVjp(subject, { feeds, target: 1, outputs }, `vjp with outputs ${JSON.stringify(outputs)}`);
}

/** Normal numbers, none of which is small enough to hide an error. */
function randomCotangent(dims: readonly number[]): FloatTensor {
  return float32(
    dims,
    Float32Array.from(createNoise(3).next(sizeOf(dims)), (value) => value + Math.sign(value) * 0.25),
  );
}

/** Dims of an output without the batch axis. */
function rowDims([, ...dims]: readonly (number | null)[]): readonly number[] {
  return dims as readonly number[];
}
