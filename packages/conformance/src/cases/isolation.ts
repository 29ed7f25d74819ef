import { float32 } from "@xdeep/core";
import type { ForwardRequest, ForwardResult, Model, VjpRequest, VjpResult } from "@xdeep/core";

import type { Case } from "../run/case.ts";
import type { CaseContext, Subject } from "../run/case-context.ts";
import { expectRejection } from "../run/expect-rejection.ts";
import { demand, demandEqual } from "../run/failure.ts";

/** Nothing that one call does shows in another. */
export function isolationCases(): readonly Case[] {
  const guided = { kind: "rule", rule: "guided" } as const;
  return [
    { id: "isolation/inputs-unchanged", proves: "What is passed stays as it was.", fixtures: ["two-inputs", "index-input"], run: checkInputs },
    {
      id: "isolation/own-buffers",
      proves: "Every tensor of a result has a buffer of its own, which the caller may write to.",
      fixtures: ["two-inputs", "two-outputs"],
      run: checkOwnBuffers,
    },
    { id: "isolation/second-call", proves: "A second equal call gives equal results.", fixtures: ["cnn"], run: checkSecondCall },
    { id: "isolation/guided-again", proves: "A second guided call gives the same as the first.", fixtures: ["cnn"], requires: guided, run: checkGuidedAgain },
    {
      id: "isolation/rule-is-scoped",
      proves: "A guided call leaves the plain gradients after it as they were.",
      fixtures: ["cnn"],
      requires: guided,
      run: checkRuleScoped,
    },
    { id: "isolation/results-kept", proves: "Results stay as they are while the model goes on working.", fixtures: ["mlp"], run: checkResultsKept },
    { id: "isolation/two-models", proves: "Two loaded models do not mix, and one outlives the other.", fixtures: ["mlp", "smooth-mlp"], run: checkTwoModels },
    {
      id: "isolation/dispose-during-call",
      proves: "A call that is on its way when the model is disposed gives its result, or rejects with MODEL_DISPOSED.",
      fixtures: ["cnn"],
      run: checkDisposeDuringCall,
    },
    { id: "isolation/concurrent", proves: "Calls at the same time give what they give one after the other.", fixtures: ["cnn"], run: checkConcurrent },
    {
      id: "isolation/concurrent-forward",
      proves: "forward calls at the same time give what they give one after the other.",
      fixtures: ["two-outputs"],
      run: checkConcurrentForward,
    },
    {
      id: "isolation/concurrent-rules",
      proves: "A guided call leaves plain ones at the same time alone.",
      fixtures: ["cnn"],
      requires: guided,
      run: checkConcurrentRules,
    },
  ];
}

async function checkInputs(context: CaseContext): Promise<void> {
  for (const id of ["two-inputs", "index-input"]) {
    const { fixture, model } = await context.load(id);
    const cotangent = float32([1, 4], [1, -2, 3, -4]);
    const requests: readonly VjpRequest[] = [
      { feeds: fixture.sample(1), target: [{ terms: [{ index: 1, weight: 2 }] }], weights: Float32Array.of(2), wrt: ["facts"], outputs: ["scores"] },
      { feeds: fixture.sample(1), cotangent, rectifiers: [] },
      { feeds: fixture.sample(1), target: null },
    ];
    for (const request of requests) {
      const before = structuredClone(request);
      await model.vjp(request);
      if (request.cotangent === undefined) await model.forward({ feeds: request.feeds, target: request.target });
      demandEqual(plain(request), plain(before), "the request after the call");
    }
  }
}

/** Arrays of numbers as lists. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, entry: unknown) => (ArrayBuffer.isView(entry) ? [...(entry as Float32Array)] : entry)));
}

async function checkOwnBuffers(context: CaseContext): Promise<void> {
  for (const id of ["two-inputs", "two-outputs"]) {
    const { fixture, model } = await context.load(id);
    const request: VjpRequest = { feeds: fixture.sample(1), target: 1 };
    const result = await model.vjp(request);
    const before = structuredClone(result);
    const named = [...Object.entries(result.gradients), ...Object.entries(result.outputs)].map(([name, { data }]) => [name, data as Float32Array] as const);
    const arrays = [
      ...named,
      ["scores", result.scores] as const,
      ...Object.entries(request.feeds).map(([name, { data }]) => [`feed ${name}`, data as Float32Array] as const),
    ];
    arrays.forEach(([name, { buffer }], i) => {
      const other = arrays.slice(0, i).find(([, array]) => array.buffer === buffer);
      demand(other === undefined, `"${name}" and "${other?.[0]}" share one buffer, so that neither can be written to or passed to another thread alone.`);
    });
    for (const [, data] of named) data.fill(7);
    context.sameResult(await model.vjp(request), before, "a call after the caller wrote to the results of the one before");
  }
}

async function checkSecondCall(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const request: VjpRequest = { feeds: fixture.sample(1), target: 2 };
  const first = await model.vjp(request);
  for (const call of ["second", "third"]) context.sameResult(await model.vjp(request), first, `${call} call against the first`);
}

async function checkGuidedAgain(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const request: VjpRequest = { feeds: fixture.sample(1), target: 2, rule: "guided" };
  const first = await model.vjp(request);
  for (const call of ["second", "third"]) context.sameResult(await model.vjp(request), first, `${call} guided call against the first`);
}

async function checkRuleScoped(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const request: VjpRequest = { feeds: fixture.sample(1), target: 2 };
  const before = await model.vjp(request);
  await model.vjp({ ...request, rule: "guided" });
  context.sameResult(await model.vjp(request), before, "plain call after a guided one, against the one before");
}

async function checkResultsKept(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const result = await model.vjp({ feeds: fixture.sample(1), target: 0 });
  const copy = structuredClone({ gradient: result.gradients["x"]!, output: result.outputs["scores"]! });
  await model.vjp({ feeds: fixture.sample(1, 77), target: 4 });
  await model.dispose();
  context.closeTo(result.gradients["x"]!, copy.gradient, "gradient of an earlier call, after another call and dispose");
  context.closeTo(result.outputs["scores"]!, copy.output, "output of an earlier call, after another call and dispose");
}

async function checkTwoModels(context: CaseContext): Promise<void> {
  const one = await context.load("mlp");
  const other = await context.load("smooth-mlp");
  const run = ({ model, fixture }: Subject): Promise<VjpResult> => model.vjp({ feeds: fixture.sample(1), target: 1 });
  const first = [await run(one), await run(other)] as const;
  context.sameResult(await run(one), first[0], "a model after a call of another one");
  await one.model.dispose();
  context.sameResult(await run(other), first[1], "a model after another one was disposed");
}

async function checkDisposeDuringCall(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const expected = await model.vjp({ feeds: fixture.sample(1), target: 1 });
  const call = model.vjp({ feeds: fixture.sample(1), target: 1 }).then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  const disposal = model.dispose();
  const outcome = await call;
  await disposal;
  if ("result" in outcome) context.sameResult(outcome.result, expected, "a call during which the model was disposed");
  else await expectRejection(() => Promise.reject(outcome.error), "MODEL_DISPOSED", "A call during which the model is disposed");
}

async function checkConcurrent(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const requests = [0, 1, 2, 3, 1, 0].map((target, i): VjpRequest => ({ feeds: fixture.sample(1, 40 + i), target }));
  await compareWithSerial(context, model, requests);
}

async function checkConcurrentRules(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const feeds = fixture.sample(1);
  const rules = ["standard", "guided", "standard", "guided", "standard"] as const;
  await compareWithSerial(
    context,
    model,
    rules.map((rule): VjpRequest => ({ feeds, target: 1, rule })),
  );
}

async function checkConcurrentForward(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const requests = ["scores", "other", "scores", "other"].map((output, i): ForwardRequest => ({ feeds: fixture.sample(1, 40 + i), output, target: i % 3 }));
  const serial: ForwardResult[] = [];
  for (const request of requests) serial.push(await model.forward(request));
  const concurrent = await Promise.all(requests.map((request) => model.forward(request)));
  concurrent.forEach((result, i) => context.sameOutputs(result, serial[i]!, `forward ${i} of ${requests.length} at the same time against the same alone`));
}

async function compareWithSerial(context: CaseContext, model: Model, requests: readonly VjpRequest[]): Promise<void> {
  const serial: VjpResult[] = [];
  for (const request of requests) serial.push(await model.vjp(request));
  const concurrent = await Promise.all(requests.map((request) => model.vjp(request)));
  concurrent.forEach((result, i) => context.sameResult(result, serial[i]!, `call ${i} of ${requests.length} at the same time against the same call alone`));
}
