import { type NodeProto, type Value, withFields } from "@xdeep/onnx";
import { activePath } from "../../sweep/path/active-path.ts";
import type { PassingRequest } from "../../sweep/backward-rule.ts";
import { carriesGradient, findRule, isMissing, missingRulesError } from "../../sweep/coverage.ts";
import { reverseSweepFrom } from "../../sweep/reverse.ts";
import type { GradientRule, PullbackContext } from "../../sweep/rule.ts";
import { type WholeFunction, wholeFunctionRule } from "../whole-functions.ts";
import { absolute, rescale } from "./elementwise.ts";

/** The rescale rule of a function that an exporter took apart, as of one operator. Its slope is found by the rules of its parts. */
export function wholeFunctionRescale({ parts }: WholeFunction, request: PassingRequest): GradientRule {
  return wholeFunctionRule(function wholeFunctionPullback(context) {
    const [x, y] = [context.input(0), context.output(0)];
    const reference = context.twin(x);
    const slopeAt = (run: "input" | "reference"): Value => slope(context, request, parts, run === "input" ? (value) => value : context.twin);
    return [rescale(context, { x, reference, y, threshold: absolute, slopeAt })];
  });
}

/** m times the derivative at x or at x′, by an ordinary sweep through the parts. */
function slope(context: PullbackContext, { graph, rules }: PassingRequest, parts: readonly NodeProto[], inRun: (value: Value) => Value): Value {
  const { g, opset, cotangent, around } = context;
  const [entry, exit] = [context.input(0), context.output(0)].map(inRun) as [Value, Value];
  const rename = (name: string): string => (name === "" ? "" : inRun(around.valueOf(name)).name);
  const nodes = parts.map((node) => withFields(node, { input: node.input.map(rename), output: node.output.map(rename) }));
  const facts = new Map(parts.flatMap((node) => [...node.input, ...node.output]).map((name) => [rename(name), around.valueOf(name).facts]));
  const path = activePath({ facts, nodes }, exit.name, [entry.name], carriesGradient);
  const cotangentOf = reverseSweepFrom(
    {
      graph: { facts, opset },
      path,
      g,
      modified: (rule) => rule,
      ruleOf(node) {
        const found = findRule(node, rules, graph.opset);
        if (isMissing(found)) throw missingRulesError([found], exit.name);
        return found;
      },
      addedOutputs: new Map(),
      around: { ...around, replaced: null },
    },
    new Map([[exit.name, cotangent(0)]]),
  );
  return cotangentOf(entry.name) ?? g.zerosLike(entry);
}
