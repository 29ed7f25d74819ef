import { float32 } from "@xdeep/core";
import type { Rule, Score, Tensor, VjpRequest, VjpResult, XDeepErrorCode } from "@xdeep/core";

import type { Case } from "../run/case.ts";
import type { CaseContext, Subject } from "../run/case-context.ts";
import { expectRejection } from "../run/expect-rejection.ts";

type BadRequest = (subject: Subject, context: CaseContext) => Partial<VjpRequest>;

interface BadInput {
  readonly name: string;
  readonly proves: string;
  readonly fixture: string;
  readonly codes: XDeepErrorCode | readonly XDeepErrorCode[];
  readonly request: BadRequest;
  /** `forward` has no such field. */
  readonly vjpOnly?: true;
}

/** Every bad input has its code, and the model is as usable afterwards as before. */
export function errorCases(): readonly Case[] {
  return BAD_INPUTS.map((bad): Case => ({ id: `errors/${bad.name}`, proves: bad.proves, fixtures: [bad.fixture], run: (context) => check(context, bad) }));
}

const BAD_INPUTS: readonly BadInput[] = [
  {
    name: "input-missing",
    proves: "An input that is not fed is missed.",
    fixture: "two-inputs",
    codes: "INPUT_MISSING",
    request: ({ fixture }) => ({ feeds: { image: fixture.sample(1)["image"]! } }),
  },
  {
    name: "input-unknown",
    proves: "A name that is no input is refused.",
    fixture: "mlp",
    codes: "INPUT_UNKNOWN",
    request: ({ fixture }) => ({ feeds: { ...fixture.sample(1), nonsense: float32([1, 8]) } }),
  },
  {
    name: "type",
    proves: "Elements of another type are refused.",
    fixture: "mlp",
    codes: "INPUT_TYPE",
    request: () => feeding({ type: "float64", dims: [1, 8], data: new Float64Array(8) }),
  },
  {
    name: "array",
    proves: "Data in another array than the type's is refused.",
    fixture: "mlp",
    codes: "INPUT_TYPE",
    request: () => feeding({ type: "float32", dims: [1, 8], data: Array.from({ length: 8 }, () => 0) as unknown as Float32Array }),
  },
  {
    name: "integer-type",
    proves: "Floats for an integer input are refused.",
    fixture: "index-input",
    codes: "INPUT_TYPE",
    request: ({ fixture }) => ({ feeds: { ...fixture.sample(1), words: float32([1, 3]) } }),
  },
  {
    name: "rank",
    proves: "Another number of axes is refused.",
    fixture: "cnn",
    codes: "INPUT_SHAPE",
    request: () => ({ feeds: { image: float32([3, 6, 4]) } }),
  },
  { name: "dims", proves: "Another size of an axis is refused.", fixture: "mlp", codes: "INPUT_SHAPE", request: () => feeding(float32([1, 7])) },
  {
    name: "transposed",
    proves: "Axes in another order are refused.",
    fixture: "cnn",
    codes: "INPUT_SHAPE",
    request: () => ({ feeds: { image: float32([1, 4, 6, 3]) } }),
  },
  {
    name: "length",
    proves: "Data that is longer than the dims say is refused.",
    fixture: "mlp",
    codes: "INPUT_SHAPE",
    request: () => feeding({ type: "float32", dims: [1, 8], data: new Float32Array(9) }),
  },
  {
    name: "not-a-number",
    proves: "NaN in the input is refused.",
    fixture: "mlp",
    codes: "INPUT_NOT_FINITE",
    request: () => feeding(float32([1, 8], [0, 1, 2, Number.NaN, 4, 5, 6, 7])),
  },
  {
    name: "infinite",
    proves: "Infinity in the input is refused.",
    fixture: "mlp",
    codes: "INPUT_NOT_FINITE",
    request: () => feeding(float32([1, 8], [0, 1, 2, 3, 4, 5, 6, -Infinity])),
  },
  {
    name: "no-rows",
    proves: "A batch of no rows is refused.",
    fixture: "mlp",
    codes: ["BATCH_INVALID", "INPUT_SHAPE"],
    request: () => feeding(float32([0, 8])),
  },
  {
    name: "uneven-rows",
    proves: "Inputs of different numbers of rows are refused.",
    fixture: "two-inputs",
    codes: ["BATCH_INVALID", "INPUT_SHAPE"],
    request: ({ fixture }) => ({ feeds: { image: fixture.sample(1)["image"]!, facts: float32([2, 5]) } }),
  },
  {
    name: "output-unknown",
    proves: "An output that does not exist is refused.",
    fixture: "mlp",
    codes: "OUTPUT_UNKNOWN",
    request: () => ({ output: "nonsense" }),
  },
  {
    name: "score-unknown",
    proves: "A score that does not exist is refused.",
    fixture: "mlp",
    codes: "OPTION_INVALID",
    request: () => ({ score: "nonsense" as Score }),
  },
  {
    name: "rule-unknown",
    proves: "A rule that does not exist is refused.",
    fixture: "mlp",
    codes: "RULE_UNKNOWN",
    vjpOnly: true,
    request: () => ({ rule: "nonsense" as Rule }),
  },
  {
    name: "wrt-unknown",
    proves: "The gradient of a value that does not exist is refused.",
    fixture: "mlp",
    codes: ["WRT_UNKNOWN", "CAPABILITY_MISSING"],
    vjpOnly: true,
    request: () => ({ wrt: ["nonsense"] }),
  },
  { name: "wrt-empty", proves: "Gradients of nothing are refused.", fixture: "mlp", codes: "WRT_UNKNOWN", vjpOnly: true, request: () => ({ wrt: [] }) },
  {
    name: "cotangent-dims",
    proves: "A cotangent of other dims than the output's is refused.",
    fixture: "mlp",
    codes: "INPUT_SHAPE",
    vjpOnly: true,
    request: () => ({ target: undefined, cotangent: float32([1, 4]) }),
  },
  {
    name: "cotangent-rows",
    proves: "A cotangent of another number of rows is refused.",
    fixture: "mlp",
    codes: "INPUT_SHAPE",
    vjpOnly: true,
    request: () => ({ target: undefined, cotangent: float32([2, 5]) }),
  },
  {
    name: "cotangent-and-target",
    proves: "Both a cotangent and a target are refused.",
    fixture: "mlp",
    codes: "OPTION_INVALID",
    vjpOnly: true,
    request: () => ({ cotangent: float32([1, 5]), target: 1 }),
  },
  {
    name: "cotangent-and-null-target",
    proves: "A target that is null beside a cotangent is refused, too.",
    fixture: "mlp",
    codes: "OPTION_INVALID",
    vjpOnly: true,
    request: () => ({ cotangent: float32([1, 5]), target: null }),
  },
  {
    name: "cotangent-and-weights",
    proves: "Both a cotangent and weights are refused.",
    fixture: "mlp",
    codes: "OPTION_INVALID",
    vjpOnly: true,
    request: () => ({ cotangent: float32([1, 5]), target: undefined, weights: Float32Array.of(1) }),
  },
  {
    name: "rectifier-unknown",
    proves: "A rectifier that the backend does not declare is refused.",
    fixture: "mlp",
    codes: "OPTION_INVALID",
    vjpOnly: true,
    request: () => ({ rectifiers: ["Nonsense"] }),
  },
  {
    name: "outputs-unknown",
    proves: "A name in outputs that does not exist is refused.",
    fixture: "mlp",
    codes: "OUTPUT_UNKNOWN",
    request: () => ({ outputs: ["scores", "nonsense"] }),
  },
  {
    name: "weights-length",
    proves: "Weights that are not one per row are refused.",
    fixture: "mlp",
    codes: ["OPTION_INVALID", "BATCH_INVALID"],
    vjpOnly: true,
    request: () => ({ weights: Float32Array.of(0.5, 0.5) }),
  },
  {
    name: "weights-infinite",
    proves: "A weight that is not finite is refused.",
    fixture: "mlp",
    codes: "OPTION_INVALID",
    vjpOnly: true,
    request: () => ({ weights: Float32Array.of(Number.NaN) }),
  },
];

function feeding(x: Tensor): Partial<VjpRequest> {
  return { feeds: { x } };
}

async function check(context: CaseContext, bad: BadInput): Promise<void> {
  const subject = await context.load();
  const run = (): Promise<VjpResult> => subject.model.vjp({ feeds: subject.fixture.sample(1), target: 1 });
  const before = await run();
  const request: VjpRequest = { feeds: subject.fixture.sample(1), target: 1, ...bad.request(subject, context) };
  await expectRejection(() => subject.model.vjp(request), bad.codes, "vjp");
  if (bad.vjpOnly === undefined) await expectRejection(() => subject.model.forward(request), bad.codes, "forward");
  context.sameResult(await run(), before, "a good call after a bad one, against the one before");
}
