import { XDeepError } from "@xdeep/core";
import { knownParameters } from "@xdeep/core/backend";
import type { NodeProto, Value } from "@xdeep/onnx";
import { RECTIFIER_NAMES } from "../../graph/operator-traits.ts";
import type { BackwardRule } from "../backward-rule.ts";
import { recurrentRectifiers } from "./recurrent-rectifiers.ts";
import { toOperand } from "../operands.ts";
import type { GradientRule, PullbackContext } from "../rule.ts";
import type { CotangentForm } from "../rule.ts";
import { inPhases } from "../../formulas/phases.ts";
import { type TypedGraph, valueOf } from "../../graph/typed-graph.ts";

/** Rectifiers unless the caller names others: ReLU, and ReLU6 in its ONNX form Clip(0, 6). */
export const DEFAULT_RECTIFIERS: readonly string[] = ["Relu", "Relu6"];

/** Checks a caller's list. @throws {XDeepError} OPTION_INVALID for a name that is no element-wise activation. */
export function checkRectifiers(rectifiers: readonly string[]): void {
  const unknown = rectifiers.filter((name) => !RECTIFIER_NAMES.includes(name));
  if (unknown.length === 0) return;
  throw new XDeepError("OPTION_INVALID", `Unknown rectifier(s) ${unknown.map((name) => `"${name}"`).join(", ")}. Known are: ${RECTIFIER_NAMES.join(", ")}.`, {
    details: { unknown, known: RECTIFIER_NAMES },
  });
}

/** Whether a modified rule acts on this node. */
export function isRectifier(graph: Pick<TypedGraph, "facts">, node: NodeProto, rectifiers: readonly string[]): boolean {
  if (rectifiers.includes(node.opType)) return true;
  return node.opType === "Clip" && rectifiers.includes("Relu6") && clipBound(graph, node, 1) === 0 && clipBound(graph, node, 2) === 6;
}

function clipBound(graph: Pick<TypedGraph, "facts">, node: NodeProto, input: 1 | 2): number | undefined {
  const name = node.input[input];
  if (name === undefined || name === "") return undefined;
  const bound = valueOf(graph, name).facts.constant;
  return bound === undefined || bound.type === "float16" ? undefined : Number(bound.data[0]);
}

/** The derivative, as it is. */
export const standardRule: BackwardRule = {
  name: "standard",
  passing({ parameters }) {
    knownParameters("standard", parameters, []);
    return { ruleOf: (found) => found };
  },
};

/** x̄ = f′(x) · max(ȳ, 0) at rectifiers (Springenberg et al. 2014, arXiv:1412.6806). */
export const guidedRule: BackwardRule = atRectifiers("guided", guidedPullback);

/** x̄ = max(ȳ, 0) at rectifiers, whatever the forward pass did (Zeiler and Fergus 2013, arXiv:1311.2901). */
export const deconvnetRule: BackwardRule = atRectifiers("deconvnet", () => deconvnetPullback);

/** Those that every backend is expected to know. */
export const rectifierRules: readonly BackwardRule[] = [standardRule, guidedRule, deconvnetRule];

function atRectifiers(name: string, pullbackOf: (base: GradientRule) => GradientRule["pullback"]): BackwardRule {
  return {
    name,
    passing({ parameters, rectifiers }) {
      knownParameters(name, parameters, []);
      return {
        ruleOf: (found, node, graph, place) => (place === "part" || !isRectifier(graph, node, rectifiers) ? found : { ...found, pullback: pullbackOf(found) }),
        keepsLowerings: true,
        rectifiers: (node, graph) => (isRectifier(graph, node, rectifiers) ? 1 : recurrentRectifiers(node, rectifiers)),
      };
    },
  };
}

function guidedPullback(base: GradientRule): GradientRule["pullback"] {
  return function guided(context: PullbackContext): readonly (Value | null)[] {
    return base.pullback({ ...context, cotangent: (i) => positive(context, context.cotangent(i)) });
  };
}

/** max(ȳ, 0), in phases where ȳ comes in phases. */
function positive({ g, around }: PullbackContext, dy: Value): Value {
  const form = around.forms.get(dy.name);
  if (form?.phases === undefined) {
    const dx = g.relu(dy);
    if (form !== undefined) around.forms.set(dx.name, form);
    return dx;
  }
  const phases = form.phases.map((phase) => g.relu(phase)) as unknown as NonNullable<CotangentForm["phases"]>;
  return inPhases(g, around.forms, phases, form);
}

function deconvnetPullback(context: PullbackContext): readonly (Value | null)[] {
  return toOperand(context, 0, context.g.relu(context.cotangent(0)));
}
