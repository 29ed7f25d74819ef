import type { MethodDescription } from "@xdeep/core";
import { movableInputs } from "@xdeep/core/method";
import { isFloatType } from "@xdeep/onnx";

import { meansOf } from "../network/axes.ts";
import { deltaOf, endScores, startsOf } from "./baselines.ts";
import { scoreGradient } from "./gradient.ts";
import { feedsWith } from "./moving-values.ts";
import type { Rows, WriterContext, WrittenAttribution } from "./writer.ts";

/** DeepLIFT with the rescale rule, and DeepSHAP, its mean over baselines: one pass backward of two runs for each. */
export function writeDeepLift(context: WriterContext, { name, parameters }: MethodDescription, rows: Rows): WrittenAttribution {
  const { g, wrt } = context;
  const moving = movingValues(context, rows);
  const feeds = feedsWith(context, rows, moving);
  const starts = startsOf({ ...context, wrt: moving }, name, parameters["baselines"] ?? parameters["baseline"] ?? 0, feeds);
  const passes = starts.map((start) => {
    const references = [...feeds].map(([fed, value]) => [fed, start.has(fed) ? g.expandLike(g.cast(start.get(fed)!, "float32"), value) : value] as const);
    return scoreGradient(context, { ...rows, feeds }, wrt, "deeplift", { references: new Map(references) });
  });
  const values = meansOf(g, passes);
  return { values, ...(rows.depth === 0 ? { delta: deltaOf(context, endScores(context, rows, feeds, starts), values) } : {}) };
}

/** The float inputs that are attributed to, or all of them where values inside are; in a network of integers the values inside themselves. */
function movingValues({ model, wrt }: WriterContext, { feeds }: Rows): readonly string[] {
  const floats = movableInputs(model.inputs);
  const isInput = (name: string): boolean => model.inputs.some((input) => input.name === name);
  const named = wrt.filter((name) => floats.includes(name) || (!isInput(name) && isFloatType(feeds.get(name)?.facts.type ?? null)));
  return named.length > 0 ? named : floats.length > 0 ? floats : wrt;
}
