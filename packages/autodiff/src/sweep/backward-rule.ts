import type { Facts, GraphBuilder, GraphProto, NodeProto, Value } from "@xdeep/onnx";
import type { TypedGraph } from "../graph/typed-graph.ts";
import type { GraphFacts, GradientRule, Place } from "./rule.ts";
import type { RuleSet } from "./rule-set.ts";

/**
 * How cotangents pass a network where not as derivatives do: guided backpropagation, DeepLIFT, LRP. A value, listed in `backwardRules`; what it
 * finds of a network is a `Passing`.
 */
export interface BackwardRule {
  readonly name: string;
  /** @throws {XDeepError} RULE_INVALID for parameters that it does not have, or that are out of their range */
  passing(request: PassingRequest): Passing;
}

export interface PassingRequest {
  readonly graph: TypedGraph;
  /** Writes behind the graph. */
  readonly g: GraphBuilder;
  /** The value that is explained, and those that it is attributed to. */
  readonly of: string;
  readonly wrt: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly rectifiers: readonly string[];
  /** The gradient rules in force. */
  readonly rules: RuleSet;
}

/** A copy of a branch or of the body of a loop, in which a sweep goes back. */
export interface BodyGraph {
  readonly graph: GraphProto;
  /** What is known of its values, and of those around it. */
  readonly facts: ReadonlyMap<string, Facts>;
}

/** A backward rule in one network. */
export interface Passing {
  /** The network as the rule sees it, functions that exporters take apart put together: forward values keep their names. Default: as it is. */
  readonly graph?: TypedGraph;
  /** A body as the rule sees it; `g` writes into the graph where the copy stands. Default: as it is. */
  readonly bodyOf?: (body: BodyGraph, g: GraphBuilder, wanted: readonly string[]) => TypedGraph;
  /** The rule of a node: `found`, that of its gradient, where the backward rule does not change it. */
  readonly ruleOf: (found: GradientRule, node: NodeProto, graph: GraphFacts, place: Place) => GradientRule;
  /** The rule of a node that only `graph` has. */
  readonly ownRule?: (node: NodeProto) => GradientRule | undefined;
  /** Nodes keep the forms that an engine runs faster though their rule is changed. */
  readonly keepsLowerings?: boolean;
  /** A value in the reference run; itself where both runs have the same. Only of rules that compare two runs. */
  readonly twinOf?: (value: Value) => Value;
  /** The inputs of the reference run, by those of the network. */
  readonly references?: ReadonlyMap<string, Value>;
  /** What is returned for a value, from its cotangent. Default: the cotangent. */
  readonly result?: (value: Value, cotangent: Value) => Value;
  /** Relevances that rules gave in place of cotangents, by value, once the sweep is over: they go on by rules of their own, and are added to results. */
  readonly relevances?: ReadonlyMap<string, Value>;
  readonly relevanceRule?: (found: GradientRule, node: NodeProto) => GradientRule;
  /** How many activations of a node count as rectifiers that the rule acts on. */
  readonly rectifiers?: (node: NodeProto, graph: { readonly facts: ReadonlyMap<string, Facts> }) => number;
  /** What whoever reads the numbers should know. */
  readonly notes?: readonly string[];
}
