import { arrangeRules } from "./arrange.ts";
import { convRules } from "./conv.ts";
import { elementwiseRules } from "./elementwise.ts";
import { gatherRules } from "./gather.ts";
import { joinRules } from "./join.ts";
import { makeRules } from "./make.ts";
import { matmulRules } from "./matmul.ts";
import { normRules } from "./norm.ts";
import { poolRules } from "./pool.ts";
import { reduceRules } from "./reduce.ts";
import { reshapeRules } from "./reshape.ts";
import type { InferenceRule, InferenceRules } from "./rule.ts";
import { sliceRules } from "./slice.ts";
import { unaryRules } from "./unary.ts";

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
];

const DOMAINS: Readonly<Record<string, readonly InferenceRules[]>> = { "": STANDARD, "ai.onnx": STANDARD };

/** The rule of an operator, or undefined where there is none. */
export function inferenceRule(domain: string, op: string): InferenceRule | undefined {
  return DOMAINS[domain]?.find((rules) => Object.hasOwn(rules, op))?.[op];
}
