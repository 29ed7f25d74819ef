import { float32 } from "@xdeep/core";
import type { VjpRequest } from "@xdeep/core";

import type { Case } from "../run/case.ts";
import type { CaseContext, Subject } from "../run/case-context.ts";

const requires = { kind: "innerValues" } as const;

/** Values inside the network: read, differentiated, fed, explained. */
export function innerValueCases(): readonly Case[] {
  const named = (id: string, proves: string, run: Case["run"], refusals: Case["refusals"] = []): Case => ({
    id: `inner/${id}`,
    proves,
    fixtures: ["smooth-mlp"],
    requires,
    refusals,
    run,
  });
  return [
    named("gradient", "vjp gives the gradient of a value inside the network.", (context) => checkVjp(context, ({ first }) => ({ wrt: [first] }))),
    named("several", "vjp gives the gradients of several inner values and an input in one call.", checkSeveral),
    named("forward", "forward gives values inside the network, beside outputs or without them.", checkForward, ["OUTPUT_UNKNOWN"]),
    named("beside-gradients", "vjp gives values inside the network beside gradients.", checkBesideGradients, ["OUTPUT_UNKNOWN"]),
    named("explained", "An inner value may be what is explained, by any target or a cotangent.", checkExplained, ["OUTPUT_UNKNOWN"]),
    named("fed", "The network runs from a value inside it that is fed, forward and back.", checkFed, ["INPUT_UNKNOWN"]),
  ];
}

interface Hidden {
  /** Results of the two hidden layers, after their activations. */
  readonly first: string;
  readonly second: string;
}

function hiddenOf({ fixture }: Subject): Hidden {
  const { nodes } = fixture.network;
  return { first: nodes[1]!.name, second: nodes[3]!.name };
}

async function checkVjp(context: CaseContext, part: (hidden: Hidden) => Partial<VjpRequest>): Promise<void> {
  const subject = await context.load();
  const request = part(hiddenOf(subject));
  await context.agreeOnVjp(subject, { feeds: subject.fixture.sample(context.rows(2)), target: 2, ...request }, `vjp with ${JSON.stringify(request)}`);
}

async function checkSeveral(context: CaseContext): Promise<void> {
  const weights = Float32Array.from({ length: context.rows(2) }, (_, row) => 1 - 3 * row);
  await checkVjp(context, ({ first, second }) => ({ wrt: [first, second] }));
  await checkVjp(context, ({ first, second }) => ({ wrt: [second, "x", first] }));
  await checkVjp(context, ({ first, second }) => ({ wrt: [first, second], weights }));
}

async function checkForward(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const { first, second } = hiddenOf(subject);
  const feeds = subject.fixture.sample(context.rows(2));
  for (const outputs of [[first], [second, "scores", first]]) await context.agreeOnForward(subject, { feeds, outputs }, `forward of ${outputs.join(", ")}`);
}

async function checkBesideGradients(context: CaseContext): Promise<void> {
  await checkVjp(context, ({ first }) => ({ outputs: [first] }));
  await checkVjp(context, ({ first, second }) => ({ outputs: [second, "scores", first] }));
  await checkVjp(context, ({ first, second }) => ({ wrt: [first], outputs: [first, second] }));
}

async function checkExplained(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const { second: output } = hiddenOf(subject);
  const rows = context.rows(2);
  const feeds = subject.fixture.sample(rows);
  const terms = [0, 7].map((index) => ({ index, weight: 2 - index }));
  for (const target of [9, null, { terms }]) {
    await context.agreeOnVjp(subject, { feeds, output, target }, `vjp of inner value "${output}" with target ${JSON.stringify(target)}`);
    await context.agreeOnForward(subject, { feeds, output, target }, `forward of inner value "${output}" with target ${JSON.stringify(target)}`);
  }
  const cotangent = float32(
    [rows, 10],
    Array.from({ length: rows * 10 }, (_, i) => (i % 4) - 1.5),
  );
  await context.agreeOnVjp(subject, { feeds, output, cotangent }, `vjp of inner value "${output}" with a cotangent`);
}

async function checkFed(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const { first, second } = hiddenOf(subject);
  const { fixture, reference } = subject;
  const rows = context.rows(2);
  const other = (await reference.forward({ feeds: fixture.sample(rows, 99), outputs: [first] })).outputs[first]!;
  const feeds = { ...fixture.sample(rows), [first]: other };
  await context.agreeOnVjp(subject, { feeds, target: 1, wrt: [first] }, `vjp from "${first}"`);
  await context.agreeOnVjp(subject, { feeds, target: 1, wrt: [first, second], output: "scores" }, `vjp from "${first}" to "${second}", too`);
  await context.agreeOnForward(subject, { feeds, target: 1 }, `forward from "${first}"`);
}
