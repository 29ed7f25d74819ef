import { isDefaultDomain } from "../since-version.ts";
import { arrangeRules } from "./operators/arrange.ts";
import { attentionRules } from "./operators/attention.ts";
import { controlFlowRules } from "./operators/control-flow.ts";
import { convRules } from "./operators/conv.ts";
import { einsumRules } from "./operators/einsum.ts";
import { elementwiseRules } from "./operators/elementwise.ts";
import { gatherRules } from "./operators/gather.ts";
import { joinRules } from "./operators/join.ts";
import { lossRules } from "./operators/loss.ts";
import { makeRules } from "./operators/make.ts";
import { matmulRules } from "./operators/matmul.ts";
import { microsoftRules } from "./operators/microsoft.ts";
import { normRules } from "./operators/norm.ts";
import { poolRules } from "./operators/pool.ts";
import { quantizeRules } from "./operators/quantize.ts";
import { reduceRules } from "./operators/reduce.ts";
import { reshapeRules } from "./operators/reshape.ts";
import { resizeRules } from "./operators/resize.ts";
import { rnnRules } from "./operators/rnn.ts";
import type { InferenceRule, InferenceRules } from "./rule.ts";
import { sequenceRules } from "./operators/sequence.ts";
import { signalRules } from "./operators/signal.ts";
import { sliceRules } from "./operators/slice.ts";
import { textRules } from "./operators/text.ts";
import { unaryRules } from "./operators/unary.ts";
import { visionRules } from "./operators/vision.ts";

const STANDARD: readonly InferenceRules[] = [
  unaryRules,
  elementwiseRules,
  convRules,
  poolRules,
  matmulRules,
  reduceRules,
  reshapeRules,
  arrangeRules,
  joinRules,
  sliceRules,
  gatherRules,
  makeRules,
  normRules,
  resizeRules,
  rnnRules,
  controlFlowRules,
  einsumRules,
  quantizeRules,
  visionRules,
  lossRules,
  signalRules,
  sequenceRules,
  textRules,
  attentionRules,
];

const MICROSOFT: readonly InferenceRules[] = [microsoftRules];

/** The rule of an operator, or undefined where there is none. */
export function inferenceRule(domain: string, op: string): InferenceRule | undefined {
  return tablesOf(domain).find((rules) => Object.hasOwn(rules, op))?.[op];
}

function tablesOf(domain: string): readonly InferenceRules[] {
  if (isDefaultDomain(domain)) return STANDARD;
  return domain === "com.microsoft" ? MICROSOFT : [];
}
