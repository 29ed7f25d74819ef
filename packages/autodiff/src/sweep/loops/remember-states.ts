import type { Facts, GraphProto, Value } from "@xdeep/onnx";
import { copyInto, subgraphOf } from "./gradient-body.ts";
import type { PullbackContext } from "../rule.ts";
import { placeholder } from "./step-gradient.ts";

/** Which inputs and outputs of a body are states. */
export interface BodyStates {
  /** What is known of the body's inputs. */
  readonly inputs: readonly Facts[];
  /** Place of the first state among the body's inputs. */
  readonly first: number;
  /** Outputs of the body before its states. */
  readonly conditions: number;
  /** Places, counted from the first state, of the inputs to be kept: −2 is the counter of a Loop. */
  readonly kept: readonly number[];
  readonly count: number;
}

/** A body that gives out, after its new states, some of those before the step: stacked by a Loop or a Scan, they show the states of all steps. */
export function rememberingBody({ g, node, attributes }: PullbackContext, { inputs, first, conditions, kept, count }: BodyStates): GraphProto {
  const inner = g.subgraph();
  const named = inputs.map((facts) => placeholder(inner, "input", facts));
  const copy = copyInto(inner, attributes.graph("body") as GraphProto, named, node);
  const results = copy.outputs
    .slice(0, conditions + count)
    .map((name, i): Value => ({ name, facts: i < conditions ? { type: "bool", dims: [] } : (named[first + i - conditions] as Value).facts }));
  return subgraphOf(inner, named, [...results, ...kept.map((i) => named[first + i] as Value)]);
}
