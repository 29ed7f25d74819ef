import { isMode, knownParameters } from "@xdeep/core/backend";
import { Attributes, type NodeProto, type Value, isFloatType, operandsOf } from "@xdeep/onnx";
import { nodeLabel } from "../../graph/node-label.ts";
import { unsupportedNode } from "../../graph/unsupported-node.ts";
import { valueOf } from "../../graph/typed-graph.ts";
import { varyingValues } from "../../graph/varying-values.ts";
import type { BackwardRule, Passing, PassingRequest } from "../../sweep/backward-rule.ts";
import { carriesGradient } from "../../sweep/coverage.ts";
import { activePath } from "../../sweep/path/active-path.ts";
import { isOther } from "../../sweep/operands.ts";
import type { GradientRule } from "../../sweep/rule.ts";
import { operatorKey } from "../../sweep/rule-set.ts";
import { twinWithin, writeTwin } from "../../sweep/twin.ts";
import { wholeFunctions } from "../whole-functions.ts";
import { DATA, PRODUCTS, RESCALED, UNCHANGED } from "./rules.ts";
import { wholeFunctionRescale } from "./whole-function.ts";

/**
 * DeepLIFT with the rescale rule (Shrikumar, Greenside, Kundaje 2017, arXiv:1704.02685): R = (x − x′) ⊙ m, Σ R = F(x) − F(x′) in one backward pass.
 * The network runs twice in one graph, at x and at x′, and multipliers m go back instead of gradients.
 */
export const deepLiftRule: BackwardRule = {
  name: "deeplift",
  passing(request) {
    knownParameters("deeplift", request.parameters, []);
    const { graph, functions } = wholeFunctions(request.graph, [request.of, ...request.wrt]);
    const { references, twinOf } = reference(request);
    const differs = (name: string): boolean => name !== "" && twinOf(valueOf(graph, name)).name !== name;
    const isFloat = (name: string): boolean => isFloatType(graph.facts.get(name)?.type ?? null);
    const ownRule: NonNullable<Passing["ownRule"]> = (node) => {
      const whole = functions.get(node);
      return whole && wholeFunctionRescale(whole, request);
    };
    const notes = new Set(jumps(request, graph, differs));
    return {
      graph,
      references,
      twinOf,
      ownRule,
      ruleOf(found, node, around, place) {
        if (place !== "network") return rescaleRule(found, node, null);
        if (around.facts !== graph.facts) return inSubgraph(found, node, notes);
        const differing = operandsOf(node).filter((name) => isFloat(name) && differs(name));
        return rescaleRule(found, node, differing);
      },
      result: (x, m) => request.g.mul(request.g.sub(x, twinOf(x)), m),
      get notes() {
        return [...notes];
      },
    };
  },
};

/**
 * The second run: inputs x′ beside those of the network, and every value that depends on them once more. Inputs that are one integer or truth value for all
 * rows, such as a sample rate, are the same in both runs: what they choose is no difference.
 */
function reference({ graph, g }: PassingRequest): Required<Pick<Passing, "references" | "twinOf">> {
  g.setScope("reference");
  const moving = graph.graph.input.filter(({ name }) => !isMode(valueOf(graph, name).facts));
  const references = new Map(moving.map(({ name }) => [name, { name: g.freshName(name), facts: valueOf(graph, name).facts }]));
  const ofInput = (value: Value): Value => references.get(value.name) ?? value;
  const twins = writeTwin(g, graph.nodes, ofInput, (name) => valueOf(graph, name).facts);
  g.setScope("gradient");
  return { references, twinOf: twinWithin(twins, ofInput) };
}

/** The rule of a node, `differing` being the operands that the two runs do not share; null where that is not known. */
function rescaleRule(found: GradientRule, node: NodeProto, differing: readonly string[] | null): GradientRule {
  const key = operatorKey(node.opType, node.domain);
  const isLinear = differing !== null && differing.length < 2 && (PRODUCTS.has(key) || (key === "Div" && differing[0] !== node.input[1]));
  if (isLinear) return found;
  if (!isKnownForm(key, node, differing ?? [])) return { ...found, pullback: () => refuse(node) };
  const adapted = RESCALED.get(key);
  return adapted === undefined ? found : { ...found, pullback: adapted(found) };
}

/** The rule of a node in a branch or in the body of a loop: which of its operands differ is known once the sweep is there. */
function inSubgraph(found: GradientRule, node: NodeProto, notes: Set<string>): GradientRule {
  return {
    ...found,
    pullback(context) {
      const operands = operandsOf(context.node).flatMap((name, i) =>
        name !== "" && isOther(context, i) ? [{ name, i, type: context.input(i).facts.type }] : [],
      );
      if (node.opType !== "Where" && operands.some(({ i }) => !context.wants(i))) notes.add(jumpsBefore([node]));
      const differing = operands.flatMap(({ name, type }) => (isFloatType(type) ? [name] : []));
      return rescaleRule(found, context.node, differing).pullback(context);
    },
  };
}

/** Whether the rule knows the operator, and what of it depends on the input: data, not parameters. */
function isKnownForm(key: string, node: NodeProto, differing: readonly string[]): boolean {
  const attributes = new Attributes(node);
  if (key === "BatchNormalization" && attributes.int("training_mode", 0) === 1) return false;
  if (key === "RoiAlign" && attributes.string("mode", "avg") === "max") return false;
  if (key.startsWith("Scatter") && !["add", "none"].includes(attributes.string("reduction", "none"))) return false;
  const operands = DATA.get(key) ?? [0];
  return (UNCHANGED.has(key) || RESCALED.has(key)) && (operands === "all" || differing.every((name) => operands.includes(node.input.indexOf(name))));
}

function refuse(node: NodeProto): never {
  throw unsupportedNode(node, `the rule "deeplift" has none for this form of it.`);
}

/** Values that differ in the two runs, and have no gradient: what they change of the score is in no relevance. */
function jumps({ of, wrt }: PassingRequest, graph: PassingRequest["graph"], differs: (name: string) => boolean): readonly string[] {
  const path = activePath(graph, of, wrt, carriesGradient);
  const varying = varyingValues(graph, wrt);
  const isLost = (name: string): boolean => differs(name) && varying.has(name) && !path.values.has(name);
  const met = path.nodes.filter((node) => node.opType !== "Where" && operandsOf(node).some(isLost));
  if (met.length === 0) return [];
  return [jumpsBefore(met)];
}

function jumpsBefore(nodes: readonly NodeProto[]): string {
  return `DeepLIFT has no multiplier for jumps: what the score changes by those before ${nodes.map(nodeLabel).join(", ")} is in no relevance.`;
}
