import { float32 } from "@xdeep/core";
import type { Capabilities } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";

import type { Case } from "../run/case.ts";
import type { CaseContext } from "../run/case-context.ts";
import { expectRejection } from "../run/expect-rejection.ts";
import { demand, demandEqual } from "../run/failure.ts";

/** What a model can do by its own word, the form of its results, and its end. */
export function contractCases(): readonly Case[] {
  return [
    { id: "contract/identity", proves: "The model names its backend, engine and contract version.", fixtures: ["mlp"], run: checkIdentity },
    { id: "contract/capabilities", proves: "The model's capabilities are the declared ones, and possible.", fixtures: ["mlp"], run: checkCapabilities },
    { id: "contract/forward-result", proves: "forward resolves to tensors, targets and scores of the right form.", fixtures: ["cnn"], run: checkForwardResult },
    { id: "contract/vjp-result", proves: "vjp resolves to tensors, targets, scores and a count of the right form.", fixtures: ["cnn"], run: checkVjpResult },
    {
      id: "contract/every-output",
      proves: "forward and vjp return every output unless outputs chooses, whichever is explained.",
      fixtures: ["two-outputs"],
      run: checkEveryOutput,
    },
    { id: "contract/no-target", proves: "Without a target there are no targets and scores.", fixtures: ["mlp"], run: checkNoTarget },
    { id: "contract/wrt", proves: "wrt chooses the inputs that gradients are taken of.", fixtures: ["two-inputs"], run: checkWrt },
    { id: "contract/integer-input", proves: "Integer inputs are fed but have no gradient.", fixtures: ["index-input"], run: checkIntegerInput },
    { id: "contract/gpu", proves: "A GPU is there when it is declared, and refused when not.", fixtures: ["mlp"], run: checkGpu },
    { id: "contract/dispose-twice", proves: "dispose may be called again.", fixtures: ["mlp"], run: checkDisposeTwice },
    { id: "contract/disposed", proves: "Calls after dispose reject with MODEL_DISPOSED.", fixtures: ["mlp"], run: checkDisposed },
    { id: "contract/async-dispose", proves: "Symbol.asyncDispose disposes the model.", fixtures: ["mlp"], run: checkAsyncDispose },
  ];
}

async function checkIdentity(context: CaseContext): Promise<void> {
  const { raw } = await context.load();
  demandEqual(raw.contractVersion, 1, "contractVersion");
  for (const key of ["backend", "engine"] as const)
    demand(typeof raw[key] === "string" && raw[key].length > 0, `${key} must be a name, got ${JSON.stringify(raw[key])}.`);
}

async function checkCapabilities(context: CaseContext): Promise<void> {
  const { raw } = await context.load();
  const declared = context.manifest.capabilities;
  for (const key of Object.keys(declared) as (keyof typeof declared)[])
    demandEqual(sorted(raw.capabilities[key]), sorted(declared[key]), `capability "${key}" of the model against the declared one`);
  const { rules, maxBatch, preferredBatch } = raw.capabilities;
  demand(rules.includes("standard"), 'Every backend has the rule "standard".');
  demand(maxBatch === null || isCount(maxBatch), `maxBatch must be null or a positive integer, got ${maxBatch}.`);
  demand(
    isCount(preferredBatch) && preferredBatch <= (maxBatch ?? preferredBatch),
    `preferredBatch must be a positive integer, at most maxBatch, got ${preferredBatch}.`,
  );
}

function sorted(value: Capabilities[keyof Capabilities]): unknown {
  return Array.isArray(value) ? value.toSorted() : value;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

async function checkForwardResult(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const rows = context.rows(2);
  const result = await model.forward({ feeds: fixture.sample(rows), target: null });
  checkTensor(result.outputs["scores"], [rows, 4], 'output "scores"');
  checkScores(result, rows);
}

async function checkVjpResult(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const rows = context.rows(2);
  const result = await model.vjp({ feeds: fixture.sample(rows), target: null });
  checkTensor(result.outputs["scores"], [rows, 4], 'output "scores"');
  checkTensor(result.gradients["image"], [rows, 3, 6, 4], 'gradient of "image"');
  demandEqual(Object.keys(result.gradients), ["image"], "names of gradients");
  demandEqual(result.rectifiers, 0, 'rectifiers under rule "standard"');
  checkScores(result, rows);
}

function checkTensor(tensor: unknown, dims: readonly number[], what: string): void {
  const { type, data, ...rest } = (tensor ?? {}) as Partial<ReturnType<typeof float32>>;
  demandEqual(type, "float32", `type of ${what}`);
  demandEqual(rest.dims, dims, `dims of ${what}`);
  demand(data instanceof Float32Array, `data of ${what} must be a Float32Array.`);
  demandEqual(
    data.length,
    dims.reduce((size, dim) => size * dim),
    `elements of ${what}`,
  );
}

function checkScores(
  result: { readonly target: readonly unknown[]; readonly scores: Float32Array; readonly output: string; readonly score: string },
  rows: number,
): void {
  demandEqual(result.target.length, rows, "targets, one per row");
  demand(
    result.target.every((target) => Number.isInteger(target)),
    "Targets of an output [N, classes] are numbers.",
  );
  demand(result.scores instanceof Float32Array, "scores must be a Float32Array.");
  demandEqual(result.scores.length, rows, "scores, one per row");
  demandEqual(result.output, "scores", "name of the scored output");
  demand(result.score === "logit" || result.score === "probability", `score must be "logit" or "probability", got ${JSON.stringify(result.score)}.`);
}

async function checkEveryOutput(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const feeds = subject.fixture.sample(context.rows(2));
  for (const output of [undefined, "other"]) {
    await context.agreeOnVjp(subject, { feeds, target: 1, output }, `vjp of output ${output ?? "by default"}`);
    await context.agreeOnForward(subject, { feeds, target: 1, output }, `forward of output ${output ?? "by default"}`);
  }
}

async function checkNoTarget(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const feeds = fixture.sample(1);
  const forward = await model.forward({ feeds });
  const vjp = await model.vjp({ feeds, cotangent: float32([1, 5], [1, 0, 0, 0, 0]) });
  for (const [call, { target, scores }] of Object.entries({ forward, vjp })) {
    demandEqual([target.length, scores.length], [0, 0], `targets and scores of ${call} without a target`);
  }
}

async function checkWrt(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const all = await model.vjp({ feeds: fixture.sample(1), target: 1 });
  demandEqual(Object.keys(all.gradients).toSorted(), ["facts", "image"], "names of gradients without wrt");
  for (const wrt of [["facts"], ["image"], ["facts", "image"]]) {
    const { gradients } = await model.vjp({ feeds: fixture.sample(1), target: 1, wrt });
    demandEqual(Object.keys(gradients).toSorted(), wrt.toSorted(), `names of gradients with wrt: ${wrt.join(", ")}`);
    for (const name of wrt) context.closeTo(gradients[name]!, all.gradients[name]!, `gradient of "${name}" with wrt: ${wrt.join(", ")}`);
  }
}

async function checkIntegerInput(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const { gradients } = await model.vjp({ feeds: fixture.sample(1), target: 1 });
  demandEqual(Object.keys(gradients), ["facts"], "names of gradients");
  await expectRejection(() => model.vjp({ feeds: fixture.sample(1), target: 1, wrt: ["words"] }), "WRT_UNKNOWN", "The gradient of an int32 input");
}

async function checkGpu(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const call = (): Promise<unknown> => new Backprop(model).calculateGradients(fixture.sample(1)["x"]!, { useGpu: true });
  if (context.manifest.capabilities.gpu) await call();
  else await expectRejection(call, "GPU_UNAVAILABLE", "useGpu on a backend without a GPU");
}

async function checkDisposeTwice(context: CaseContext): Promise<void> {
  const { raw } = await context.load();
  await raw.dispose();
  await raw.dispose();
}

async function checkDisposed(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const feeds = fixture.sample(1);
  await model.vjp({ feeds, target: 0 });
  await model.dispose();
  await expectRejection(() => model.forward({ feeds }), "MODEL_DISPOSED", "forward after dispose");
  await expectRejection(() => model.vjp({ feeds, target: 0 }), "MODEL_DISPOSED", "vjp after dispose");
}

async function checkAsyncDispose(context: CaseContext): Promise<void> {
  const { fixture, raw, model } = await context.load();
  await raw[Symbol.asyncDispose]();
  await expectRejection(() => model.forward({ feeds: fixture.sample(1) }), "MODEL_DISPOSED", "forward after Symbol.asyncDispose");
}
