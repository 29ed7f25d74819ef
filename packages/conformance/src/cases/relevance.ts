import { type FloatTensor, type Tensor, type VjpRequest, isXDeepError } from "@xdeep/core";

import type { Case } from "../run/case.ts";
import type { CaseContext, Subject } from "../run/case-context.ts";
import { demand } from "../run/failure.ts";

type Feeds = Readonly<Record<string, Tensor>>;

/** Networks that hold what the rule of DeepLIFT must know: kinks, pools, normalisations, softmax, products. */
const COMPLETE: readonly string[] = [
  "relu",
  "relu6",
  "sigmoid",
  "max-pool-overlap",
  "layer-norm",
  "softmax",
  "square",
  "cnn",
  "residual",
  "mobile",
  "two-branches",
  "log-softmax-head",
  "self-attention",
];

/** Networks of ReLUs, in which relevance by rule 0 is the input times the gradient. */
const HOMOGENEOUS: readonly string[] = ["dense", "relu", "max-pool-overlap", "average-pool-overlap", "mlp", "cnn", "residual", "two-branches"];

/** DeepLIFT and layer-wise relevance propagation, by what their definitions promise. */
export function relevanceCases(): readonly Case[] {
  const deepLift = { kind: "rule", rule: "deeplift" } as const;
  const epsilon = { kind: "rule", rule: "lrp-epsilon" } as const;
  return [
    ...COMPLETE.map((id): Case => ({
      id: `relevance/deeplift/${id}`,
      proves: "Contributions by DeepLIFT add up to F(x) − F(x′).",
      fixtures: [id],
      requires: deepLift,
      run: checkComplete,
    })),
    {
      id: "relevance/deeplift/linear",
      proves: "Contributions in a linear network are (x − x′) times the gradient.",
      fixtures: ["dense"],
      requires: deepLift,
      run: checkLinear,
    },
    {
      id: "relevance/deeplift/rows",
      proves: "Contributions of a row are those of the row alone, and weights sum them.",
      fixtures: ["cnn"],
      requires: [deepLift, { kind: "rows", rows: 3 }],
      run: checkRows,
    },
    {
      id: "relevance/deeplift/no-reference",
      proves: "A rule that compares two runs asks for the other.",
      fixtures: ["mlp"],
      requires: deepLift,
      run: checkNoReference,
    },
    ...HOMOGENEOUS.map((id): Case => ({
      id: `relevance/lrp-epsilon/${id}`,
      proves: "Relevance by rule 0 in a network of ReLUs is the input times the gradient.",
      fixtures: [id],
      requires: epsilon,
      run: (context) => checkInputTimesGradient(context, { name: "lrp-epsilon", epsilon: 0 }),
    })),
    {
      id: "relevance/lrp-epsilon/absorbs",
      proves: "ε takes its share: R of a dense layer is x w z / (z + ε sign z).",
      fixtures: ["dense"],
      requires: epsilon,
      run: checkEpsilon,
    },
    {
      id: "relevance/lrp-epsilon/conserves",
      proves: "Functions pass relevance as it is: without biases and ε the score is conserved.",
      fixtures: ["tanh"],
      requires: epsilon,
      run: checkConserved,
    },
    {
      id: "relevance/lrp-epsilon/parameters",
      proves: "Parameters that the rule does not have are refused with RULE_INVALID.",
      fixtures: ["mlp"],
      requires: epsilon,
      run: checkParameters,
    },
    ...[{ name: "lrp", composite: [{ rule: "zero" }] }, { name: "attn-lrp" }, { name: "cp-lrp" }].map((rule): Case => ({
      id: `relevance/${rule.name}/mlp`,
      proves: `Relevance by "${rule.name}" in a network of ReLUs is the input times the gradient where every layer takes rule 0.`,
      fixtures: ["mlp"],
      requires: { kind: "rule", rule: rule.name },
      run: (context) => checkInputTimesGradient(context, rule),
    })),
  ];
}

/** Another sample of the inputs that hold floats. */
function referenceOf({ fixture }: Subject, rows: number): Feeds {
  const feeds = fixture.sample(rows);
  return Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => [
      name,
      tensor.type === "float32" ? { ...tensor, data: tensor.data.map((value, i) => (i % 3 === 0 ? 0 : 0.4 - 0.7 * value)) } : tensor,
    ]),
  );
}

/** A request for entry 1 of an output, or for what stands first where rows are no vectors. */
function requestFor({ fixture }: Subject, rows: number): Pick<VjpRequest, "feeds" | "target"> {
  const feeds = fixture.sample(rows);
  const { dims } = fixture.evaluate(feeds)[fixture.network.outputs[0]!]!;
  return { feeds, target: dims.length === 2 ? 1 : { index: dims.slice(1).map(() => 0) } };
}

async function checkComplete(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const rows = context.rows(2);
  const request = requestFor(subject, rows);
  for (const reference of [referenceOf(subject, rows), zerosLike(request.feeds)]) {
    const { gradients, scores } = await subject.model.vjp({ ...request, reference, rule: "deeplift" });
    const { scores: others } = await subject.reference.forward({ ...request, feeds: reference });
    for (let row = 0; row < rows; row++) {
      const parts = Object.values(gradients).flatMap((tensor) => [...rowOf(tensor, row, rows)]);
      const total = parts.reduce((sum, value) => sum + value, 0);
      const change = scores[row]! - others[row]!;
      const scale = Math.max(Math.abs(scores[row]!), Math.abs(others[row]!), Math.abs(change));
      demand(Math.abs(total - change) <= 10 * context.tolerance * scale, `Contributions of row ${row} add up to ${total}, the score changes by ${change}.`);
    }
  }
}

async function checkLinear(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const request = requestFor(subject, context.rows(2));
  const reference = referenceOf(subject, context.rows(2));
  const { gradients } = await subject.model.vjp({ ...request, reference, rule: "deeplift" });
  const { gradients: slopes } = await subject.reference.vjp(request);
  for (const [name, slope] of Object.entries(slopes)) {
    const [x, other] = [request.feeds[name] as FloatTensor, reference[name] as FloatTensor];
    context.closeTo(gradients[name]!, { ...slope, data: slope.data.map((value, i) => value * (x.data[i]! - other.data[i]!)) }, `contributions of "${name}"`);
  }
}

async function checkRows(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const request = requestFor(subject, 3);
  const reference = referenceOf(subject, 3);
  const all = await subject.model.vjp({ ...request, reference, rule: "deeplift" });
  const [name] = Object.keys(all.gradients) as [string];
  const rows = Array.from({ length: 3 }, (_, row) => rowOf(all.gradients[name]!, row, 3));
  const only = (feeds: Feeds): Feeds => Object.fromEntries(Object.entries(feeds).map(([key, tensor]) => [key, oneRow(tensor as FloatTensor, 2)]));
  const alone = await subject.model.vjp({ ...request, feeds: only(request.feeds), reference: only(reference), rule: "deeplift" });
  const dims = [1, ...all.gradients[name]!.dims.slice(1)];
  context.closeTo(alone.gradients[name]!, { type: "float32", dims, data: rows[2]! }, "contributions of a row alone");
  const weights = Float32Array.of(0.5, -1, 2);
  const summed = await subject.model.vjp({ ...request, reference, rule: "deeplift", weights });
  const data = Float32Array.from(rows[0]!, (_, i) => rows.reduce((sum, row, n) => sum + weights[n]! * row[i]!, 0));
  context.closeTo(summed.gradients[name]!, { type: "float32", dims, data }, "weighed contributions");
}

async function checkNoReference(context: CaseContext): Promise<void> {
  const { model, fixture } = await context.load();
  await refused(model.vjp({ feeds: fixture.sample(1), target: 0, rule: "deeplift" }), "BASELINE_INVALID", 'rule "deeplift" without a reference');
}

async function checkInputTimesGradient(context: CaseContext, rule: VjpRequest["rule"] & object): Promise<void> {
  const subject = await context.load();
  const request = requestFor(subject, context.rows(2));
  const { gradients } = await subject.model.vjp({ ...request, rule });
  const { gradients: slopes } = await subject.reference.vjp(request);
  for (const [name, slope] of Object.entries(slopes)) {
    const x = request.feeds[name] as FloatTensor;
    context.closeTo(gradients[name]!, { ...slope, data: slope.data.map((value, i) => value * x.data[i]!) }, `relevance of "${name}"`);
  }
}

async function checkEpsilon(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const rows = context.rows(2);
  const request = requestFor(subject, rows);
  const epsilon = 0.3;
  const { gradients, scores } = await subject.model.vjp({ ...request, rule: { name: "lrp-epsilon", epsilon } });
  const { gradients: slopes } = await subject.reference.vjp(request);
  for (const [name, slope] of Object.entries(slopes)) {
    const x = request.feeds[name] as FloatTensor;
    const size = slope.data.length / rows;
    const share = (z: number): number => z / (z + (z < 0 ? -epsilon : epsilon));
    const data = slope.data.map((value, i) => value * x.data[i]! * share(scores[Math.floor(i / size)]!));
    context.closeTo(gradients[name]!, { ...slope, data }, `relevance of "${name}" with ε = ${epsilon}`);
  }
}

async function checkConserved(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const request = requestFor(subject, context.rows(2));
  const { gradients, scores } = await subject.model.vjp({ ...request, rule: { name: "lrp-epsilon", epsilon: 0 } });
  scores.forEach((score, row) => {
    const total = Object.values(gradients).reduce((sum, tensor) => rowOf(tensor, row, scores.length).reduce((a, b) => a + b, sum), 0);
    demand(Math.abs(total - score) <= 10 * context.tolerance * Math.abs(score), `Relevance of row ${row} adds up to ${total}, the score is ${score}.`);
  });
}

async function checkParameters(context: CaseContext): Promise<void> {
  const { model, fixture } = await context.load();
  for (const rule of [
    { name: "lrp-epsilon", gamma: 1 },
    { name: "lrp-epsilon", epsilon: -1 },
  ])
    await refused(model.vjp({ feeds: fixture.sample(1), target: 0, rule }), "RULE_INVALID", JSON.stringify(rule));
}

async function refused(call: Promise<unknown>, code: "BASELINE_INVALID" | "RULE_INVALID", what: string): Promise<void> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  // Where the backend does not have the rule, its own refusal is what the suite looks for.
  if (isXDeepError(error, "CAPABILITY_MISSING")) throw error;
  demand(isXDeepError(error, code), `${what} was not refused with ${code}.`);
}

function zerosLike(feeds: Feeds): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => [name, tensor.type === "float32" ? { ...tensor, data: new Float32Array(tensor.data.length) } : tensor]),
  );
}

function rowOf({ data }: FloatTensor, row: number, rows: number): Float32Array {
  const size = data.length / rows;
  return data.subarray(row * size, (row + 1) * size);
}

function oneRow(tensor: FloatTensor, row: number): FloatTensor {
  return { type: "float32", dims: [1, ...tensor.dims.slice(1)], data: rowOf(tensor, row, tensor.dims[0]!) };
}
