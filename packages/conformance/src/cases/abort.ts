import type { Explainer, FloatTensor, VjpResult } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { smooth } from "@xdeep/smooth";

import type { Case } from "../run/case.ts";
import type { CaseContext, Subject } from "../run/case-context.ts";
import { expectReason } from "../run/expect-rejection.ts";

const METHODS: Readonly<Record<string, (base: Explainer) => Explainer>> = {
  integrated: (base) => integrated(base, { n: 200 }),
  smooth: (base) => smooth(base, { n: 200, seed: 5 }),
};

/** Aborted calls reject with the signal's own reason, and leave the model as usable as before. */
export function abortCases(): readonly Case[] {
  return [
    {
      id: "abort/before-forward",
      proves: "forward rejects with the reason of a signal that is aborted already.",
      fixtures: ["mlp"],
      run: (context) => checkBefore(context, "forward"),
    },
    {
      id: "abort/before-vjp",
      proves: "vjp rejects with the reason of a signal that is aborted already.",
      fixtures: ["mlp"],
      run: (context) => checkBefore(context, "vjp"),
    },
    { id: "abort/default-reason", proves: "Without a reason of its own, the signal's AbortError arrives.", fixtures: ["mlp"], run: checkDefaultReason },
    {
      id: "abort/during-call",
      proves: "A call that is aborted on its way either rejects with the reason or gives the right result.",
      fixtures: ["cnn"],
      run: checkDuringCall,
    },
    ...Object.keys(METHODS).map((name): Case => ({
      id: `abort/during-${name}`,
      proves: `${name} stops between two runs.`,
      fixtures: ["cnn"],
      run: (context) => checkDuringMethod(context, name),
    })),
    { id: "abort/later", proves: "A signal that is aborted after the call changes nothing.", fixtures: ["mlp"], run: checkLater },
  ];
}

async function checkBefore(context: CaseContext, call: "forward" | "vjp"): Promise<void> {
  const subject = await context.load();
  const before = await goodCall(subject);
  const reason = { why: "not needed any more" };
  const request = { feeds: subject.fixture.sample(1), target: 1, signal: AbortSignal.abort(reason) };
  await expectReason(() => subject.model[call](request), reason, `${call} with an aborted signal`);
  await stillRight(context, subject, before);
}

async function checkDefaultReason(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const signal = AbortSignal.abort();
  await expectReason(() => model.vjp({ feeds: fixture.sample(1), target: 0, signal }), signal.reason, "vjp with an aborted signal");
}

async function checkDuringCall(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const before = await goodCall(subject);
  const reason = new Error("stop");
  for (const wait of [() => undefined, () => Promise.resolve(), () => new Promise((resolve) => setTimeout(resolve, 0))]) {
    const controller = new AbortController();
    const call = subject.model.vjp({ feeds: subject.fixture.sample(context.rows(4)), target: 1, signal: controller.signal });
    const settled = call.then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    );
    await wait();
    controller.abort(reason);
    const outcome = await settled;
    if ("error" in outcome) await expectReason(() => call, reason, "vjp aborted on its way");
    else
      context.sameResult(
        outcome.result,
        await subject.model.vjp({ feeds: subject.fixture.sample(context.rows(4)), target: 1 }),
        "a call that was aborted too late",
      );
    await stillRight(context, subject, before);
  }
}

async function checkDuringMethod(context: CaseContext, name: string): Promise<void> {
  const subject = await context.load();
  const before = await goodCall(subject);
  const controller = new AbortController();
  const reason = new Error("enough");
  const explainer = METHODS[name]!(new Backprop(subject.model));
  const image = subject.fixture.sample(1)["image"] as FloatTensor;
  const call = (): Promise<unknown> => explainer.explain(image, { target: 1, signal: controller.signal, onProgress: () => controller.abort(reason) });
  await expectReason(call, reason, `${name} aborted after its first run`);
  await stillRight(context, subject, before);
}

async function checkLater(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const before = await goodCall(subject);
  const controller = new AbortController();
  await subject.model.vjp({ feeds: subject.fixture.sample(1), target: 1, signal: controller.signal });
  controller.abort();
  await stillRight(context, subject, before);
}

function goodCall({ model, fixture }: Subject): Promise<VjpResult> {
  return model.vjp({ feeds: fixture.sample(1), target: 1 });
}

async function stillRight(context: CaseContext, subject: Subject, before: VjpResult): Promise<void> {
  context.sameResult(await goodCall(subject), before, "a call after an aborted one, against the one before");
}
