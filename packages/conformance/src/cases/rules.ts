import { float32 } from "@xdeep/core";
import type { RectifierRule, VjpRequest } from "@xdeep/core";

import type { Case } from "../run/case.ts";
import type { CaseContext } from "../run/case-context.ts";
import { demand, demandEqual } from "../run/failure.ts";

type ModifiedRule = Exclude<RectifierRule, "standard">;

/** Fixtures of one layer, by the name under which it counts as a rectifier. */
const RECTIFIER_FIXTURES: Readonly<Record<string, string>> = {
  Elu: "elu",
  LeakyRelu: "leaky-relu",
  Relu: "relu",
  Relu6: "relu6",
  Sigmoid: "sigmoid",
  Softplus: "softplus",
  Tanh: "tanh",
};

const WITH_RECTIFIERS: readonly string[] = ["relu", "relu6", "mlp", "cnn", "residual", "mobile"];

/** Guided backpropagation and DeconvNet against the float64 reference. */
export function ruleCases(): readonly Case[] {
  return [
    ...(["guided", "deconvnet"] as const).flatMap(casesOf),
    { id: "rules/standard/count", proves: 'Rule "standard" acts on no rectifier.', fixtures: ["mobile"], run: checkStandardCount },
  ];
}

function casesOf(rule: ModifiedRule): readonly Case[] {
  const requires = { kind: "rule", rule } as const;
  return [
    ...WITH_RECTIFIERS.map((id): Case => ({
      id: `rules/${rule}/${id}`,
      proves: `Gradients by rule "${rule}" are right.`,
      fixtures: [id],
      requires,
      run: (context) => checkGradients(context, rule),
    })),
    {
      id: `rules/${rule}/count`,
      proves: `The result counts the rectifiers that "${rule}" acted on.`,
      fixtures: ["mobile", "residual"],
      requires,
      run: (context) => checkCount(context, rule),
    },
    {
      id: `rules/${rule}/narrowed`,
      proves: "rectifiers narrows the rule to the operators named.",
      fixtures: ["mobile"],
      requires,
      run: (context) => checkNarrowed(context, rule),
    },
    {
      id: `rules/${rule}/none-met`,
      proves: "Without rectifiers the rule changes nothing, and says so by a count of 0.",
      fixtures: ["smooth-mlp"],
      requires,
      run: (context) => checkNoneMet(context, rule),
    },
    {
      id: `rules/${rule}/batch`,
      proves: `"${rule}" is right in every row of many, and a rectifier counts once for all of them.`,
      fixtures: ["cnn"],
      requires,
      run: (context) => checkBatch(context, rule),
    },
    {
      id: `rules/${rule}/every-rectifier`,
      proves: "Every declared rectifier is taken, and counts where a network has it.",
      fixtures: Object.values(RECTIFIER_FIXTURES),
      requires,
      run: (context) => checkEveryRectifier(context, rule),
    },
    {
      id: `rules/${rule}/probability`,
      proves: `"${rule}" holds where the probability is explained.`,
      fixtures: ["softmax-head", "sigmoid-head"],
      requires,
      run: (context) => checkProbability(context, rule),
    },
    {
      id: `rules/${rule}/second-input`,
      proves: `"${rule}" holds for every input.`,
      fixtures: ["two-branches"],
      requires,
      run: (context) => checkSeen(context, rule, [{ wrt: ["b"] }, { wrt: ["b", "a"] }, {}]),
    },
    {
      id: `rules/${rule}/second-output`,
      proves: `"${rule}" holds for every output.`,
      fixtures: ["two-outputs"],
      requires,
      run: (context) => checkSeen(context, rule, [{ output: "other" }]),
    },
    {
      id: `rules/${rule}/inner-value`,
      proves: `"${rule}" holds for gradients of inner values.`,
      fixtures: ["mlp"],
      requires: [requires, { kind: "innerValues" }],
      run: (context) => checkInnerValue(context, rule),
    },
    {
      id: `rules/${rule}/kinks`,
      proves: `At 0 and at negative cotangents "${rule}" does as its definition says.`,
      fixtures: ["relu"],
      requires,
      run: (context) => checkKinks(context, rule),
    },
  ];
}

async function checkGradients(context: CaseContext, rule: ModifiedRule): Promise<void> {
  const subject = await context.load();
  const rows = context.rows(2);
  const feeds = subject.fixture.sample(rows);
  const standard = await subject.reference.vjp({ feeds, target: 1 });
  const result = await context.agreeOnGradients(subject, { feeds, target: 1, rule });
  const [name] = Object.keys(result.gradients);
  // The fixtures are made so that the rule shows: an expected value that equals the plain gradient would prove nothing.
  if (subject.fixture.network.nodes.length > 1)
    demand(differ(standard.gradients[name!]!.data, result.gradients[name!]!.data), `Rule "${rule}" gives the plain gradient.`);
}

async function checkBatch(context: CaseContext, rule: ModifiedRule): Promise<void> {
  const subject = await context.load();
  const rows = context.rows(Math.max(5, subject.raw.capabilities.preferredBatch + 1));
  const feeds = subject.fixture.sample(rows);
  await context.agreeOnVjp(subject, { feeds, target: 1, rule }, `${rows} rows by rule "${rule}"`);
  await context.agreeOnVjp(subject, { feeds, target: 2, rule, weights: new Float32Array(rows).fill(0.5) }, `${rows} weighed rows by rule "${rule}"`);
}

async function checkEveryRectifier(context: CaseContext, rule: ModifiedRule): Promise<void> {
  const declared = context.manifest.capabilities.rectifiers;
  const cotangent = float32([1, 6], [1, -1, 0.5, -0.5, 2, -2]);
  const { fixture, model } = await context.load("relu");
  const others = declared.filter((name) => RECTIFIER_FIXTURES[name] === undefined);
  const { rectifiers } = await model.vjp({ feeds: fixture.sample(1), cotangent, rule, rectifiers: others });
  demandEqual(rectifiers, 0, `rectifiers ${JSON.stringify(others)} of a network that has none`);
  for (const name of declared.filter((known) => RECTIFIER_FIXTURES[known] !== undefined)) {
    const subject = await context.load(RECTIFIER_FIXTURES[name]);
    await context.agreeOnVjp(subject, { feeds: subject.fixture.sample(1), cotangent, rule, rectifiers: [name] }, `rule "${rule}" with rectifiers ["${name}"]`);
  }
}

async function checkProbability(context: CaseContext, rule: ModifiedRule): Promise<void> {
  for (const id of ["softmax-head", "sigmoid-head"]) await checkSeen(context, rule, [{ score: "probability" }], id);
}

async function checkInnerValue(context: CaseContext, rule: ModifiedRule): Promise<void> {
  const subject = await context.load();
  const [, { name }] = subject.fixture.network.nodes as [unknown, { readonly name: string }];
  await checkSeen(context, rule, [{ wrt: [name] }, { wrt: [name, "x"] }]);
}

/** Gradients by the rule against the reference, where the rule shows. */
async function checkSeen(context: CaseContext, rule: ModifiedRule, requests: readonly Partial<VjpRequest>[], id?: string): Promise<void> {
  const subject = await context.load(id);
  for (const part of requests) {
    const request = { feeds: subject.fixture.sample(context.rows(2)), target: 1, ...part };
    const plain = await subject.reference.vjp(request);
    const what = `rule "${rule}" with ${JSON.stringify(part)} in fixture "${subject.fixture.id}"`;
    const { gradients } = await context.agreeOnVjp(subject, { ...request, rule }, what);
    for (const [name, { data }] of Object.entries(gradients))
      demand(differ(plain.gradients[name]!.data, data), `${what}: the gradient of "${name}" is the plain one.`);
  }
}

async function checkCount(context: CaseContext, rule: ModifiedRule): Promise<void> {
  for (const id of ["mobile", "residual"]) {
    const { fixture, model, reference } = await context.load(id);
    const request: VjpRequest = { feeds: fixture.sample(1), target: 0, rule };
    demandEqual((await model.vjp(request)).rectifiers, (await reference.vjp(request)).rectifiers, `rectifiers that "${rule}" acted on in fixture "${id}"`);
  }
}

async function checkNarrowed(context: CaseContext, rule: ModifiedRule): Promise<void> {
  const subject = await context.load();
  const feeds = subject.fixture.sample(1);
  for (const [rectifiers, count] of [
    [["Relu6"], 2],
    [["Relu"], 1],
    [[], 0],
  ] as const) {
    const result = await context.agreeOnGradients(subject, { feeds, target: 1, rule, rectifiers });
    demandEqual(result.rectifiers, count, `rectifiers that "${rule}" acted on with rectifiers: ${JSON.stringify(rectifiers)}`);
  }
}

async function checkNoneMet(context: CaseContext, rule: ModifiedRule): Promise<void> {
  const { fixture, model } = await context.load();
  const standard = await model.vjp({ feeds: fixture.sample(1), target: 1 });
  const result = await model.vjp({ feeds: fixture.sample(1), target: 1, rule });
  context.sameResult(result, standard, `rule "${rule}" against "standard" on a network without rectifiers`);
  demandEqual(result.rectifiers, 0, "rectifiers of a network that has none");
}

async function checkKinks(context: CaseContext, rule: ModifiedRule): Promise<void> {
  const { model } = await context.load();
  const x = { type: "float32", dims: [1, 6], data: Float32Array.of(1, 1, 0, 0, -1, -1) } as const;
  const cotangent = { type: "float32", dims: [1, 6], data: Float32Array.of(2, -2, 2, -2, 2, -2) } as const;
  const { gradients } = await model.vjp({ feeds: { x }, cotangent, rule });
  const expected = rule === "guided" ? [2, 0, 0, 0, 0, 0] : [2, 0, 2, 0, 2, 0];
  context.closeTo(gradients["x"]!, { type: "float32", dims: [1, 6], data: Float32Array.from(expected) }, `gradient of max(x, 0) by rule "${rule}"`);
}

async function checkStandardCount(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const { rectifiers } = await model.vjp({ feeds: fixture.sample(1), target: 0, rule: "standard" });
  demandEqual(rectifiers, 0, 'rectifiers under rule "standard"');
}

function differ(a: Float32Array, b: Float32Array): boolean {
  return a.some((value, i) => Math.abs(value - b[i]!) > 1e-3);
}
