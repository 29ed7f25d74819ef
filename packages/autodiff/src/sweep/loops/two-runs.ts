import { Attributes, type GraphProto, renameNode } from "@xdeep/onnx";
import { subgraphWirings } from "../../graph/subgraph-wiring.ts";
import { varyingValues } from "../../graph/varying-values.ts";
import { isOther } from "../operands.ts";
import type { PullbackContext } from "../rule.ts";
import { grown } from "./active-states.ts";
import { outerOperands } from "./step-gradient.ts";

/** The values in the body of a Loop or a Scan that are others in the reference run, after some number of steps. None where there is one run. */
export function valuesThatDiffer(context: PullbackContext): ReadonlySet<string> {
  const { node, attributes, input, hasInput } = context;
  const [{ attribute, inputs, feedback }] = subgraphWirings(node) as [ReturnType<typeof subgraphWirings>[number]];
  const body = attributes.graph(attribute) as GraphProto;
  const isFed = (operand: number | null | undefined): boolean => operand != null && hasInput(operand) && isOther(context, operand);
  const fed = body.input.flatMap(({ name }, i) => (isFed(inputs[i]) ? [name] : []));
  const outer = otherOuter(context).map((i) => input(i).name);
  const reached = (names: readonly string[]): ReadonlySet<string> => varyingValues({ facts: new Map(), nodes: body.node, graph: body }, names);
  const starts = grown(new Set([...fed, ...outer]), (names) => {
    const values = reached(names);
    return feedback.flatMap(({ output, input: to }) => (values.has(body.output[output]!.name) ? [body.input[to]!.name] : []));
  });
  return reached([...starts]);
}

/** What a pullback sees of such a node in the reference run: operands and values from outside as they are there. */
export function inReferenceRun(context: PullbackContext): PullbackContext {
  const { node, input, twin } = context;
  const twins = new Map(otherOuter(context).map((i) => [input(i).name, twin(input(i)).name]));
  const renamed = twins.size === 0 ? node : renameNode(node, (name) => twins.get(name) ?? name, "reference");
  return { ...context, node: renamed, attributes: new Attributes(renamed), input: (i) => twin(input(i)) };
}

function otherOuter(context: PullbackContext): readonly number[] {
  return outerOperands(context).filter((i) => isOther(context, i));
}
