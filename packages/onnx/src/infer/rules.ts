import { isDefaultDomain } from "../since-version.ts";
import { arrangeRules } from "./arrange.ts";
import { attentionRules } from "./attention.ts";
import { controlFlowRules } from "./control-flow.ts";
import { convRules } from "./conv.ts";
import { einsumRules } from "./einsum.ts";
import { elementwiseRules } from "./elementwise.ts";
import { gatherRules } from "./gather.ts";
import { joinRules } from "./join.ts";
import { lossRules } from "./loss.ts";
import { makeRules } from "./make.ts";
import { matmulRules } from "./matmul.ts";
import { microsoftRules } from "./microsoft.ts";
import { normRules } from "./norm.ts";
import { poolRules } from "./pool.ts";
import { quantizeRules } from "./quantize.ts";
import { reduceRules } from "./reduce.ts";
import { reshapeRules } from "./reshape.ts";
import { resizeRules } from "./resize.ts";
import { rnnRules } from "./rnn.ts";
import type { InferenceRule, InferenceRules } from "./rule.ts";
import { sequenceRules } from "./sequence.ts";
import { signalRules } from "./signal.ts";
import { sliceRules } from "./slice.ts";
import { textRules } from "./text.ts";
import { unaryRules } from "./unary.ts";
import { visionRules } from "./vision.ts";

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
