import type { Rule } from "@xdeep/core";
import type { Attributes, Facts, GraphBuilder, GraphProto, NodeProto, Value } from "@xdeep/onnx";

/**
 * How the cotangents of one operator's inputs follow from those of its outputs. A rule is a value: exported, listed in a rule set, passed in.
 */
export interface GradientRule {
  readonly op: string;
  /** Default "": the operators of ONNX itself. */
  readonly domain?: string;
  /** The ONNX since_versions of the operator that this rule was checked against, ascending. A version outside the list is refused. */
  readonly since: readonly number[];
  /** The operator broadcasts its inputs: what `pullback` returns may have the output's dims, and is summed back to the input's. */
  readonly broadcasts?: boolean;
  /**
   * Input cotangents, one entry per input: a value, or null where there is none or none was asked for. Operators with subgraphs add one
   * entry per outer value that those use.
   */
  readonly pullback: Pullback;
}

export type Pullback = (context: PullbackContext) => readonly (Value | null)[];

/** What a pullback sees of its node. */
export interface PullbackContext {
  /** Writes the gradient's nodes. */
  readonly g: GraphBuilder;
  readonly node: NodeProto;
  readonly attributes: Attributes;
  /** Opset of the model, 18 or newer. */
  readonly opset: number;
  /** Number of entries that the pullback returns. */
  readonly inputCount: number;
  readonly outputCount: number;
  /** Forward input i. Throws where it is left out. */
  input(i: number): Value;
  /** False where optional input i is left out. */
  hasInput(i: number): boolean;
  /** Forward output i. */
  output(i: number): Value;
  /** Cotangent ȳ of output i, with its dims; zeros where nothing depends on that output. */
  cotangent(i: number): Value;
  /** True where something depends on output i. */
  hasCotangent(i: number): boolean;
  /** True where the cotangent of input i is needed. Test it only where the work is expensive. */
  wants(i: number): boolean;
  /** True where a Where chooses among the entries of output i: those that it drops may be anything, NaN too. */
  isChosenFrom(i: number): boolean;
  /** Output i of the forward node, which gets it added where it had none: MaxPool's indices, for instance. */
  addOutput(i: number): Value;
  /** What lowerings ask about the nodes around. */
  readonly around: Surroundings;
  /**
   * The rule in force for a node that the pullback wrote: `rule` itself, or its guided or deconvnet form where the node counts as a rectifier. A
   * recurrent layer asks it for its Tanh, for instance.
   */
  modified(rule: GradientRule, node: NodeProto, graph: GraphFacts, place: Place): GradientRule;
  /** A forward value in the reference run, for rules that compare two runs; itself where both have the same, or there is only one. */
  twin(value: Value): Value;
  /** Takes cotangents back through a copy of a subgraph, by the rules in force: for operators that hold graphs. Returns x̄ by name, null where there is none. */
  sweepSubgraph(subgraph: SubgraphSweep): (name: string) => Value | null;
}

/** Where a node stands: in the network, or in what a rule composed in its place, and there as an activation of the operator or not. */
export type Place = "network" | "activation" | "part";

/** What is known of the values of a graph. */
export interface GraphFacts {
  readonly facts: ReadonlyMap<string, Facts>;
  readonly opset: number;
}

/** A copy of a subgraph that stands in a graph of the gradient, and what is asked of it. */
export interface SubgraphSweep {
  /** Writes the gradient's nodes into the graph where the copy stands. */
  readonly g: GraphBuilder;
  /** The copy: its names occur nowhere else, and it may use the values of the graph around the pullback's node. */
  readonly graph: GraphProto;
  /** What is known of the copy's inputs. */
  readonly inputs: readonly Facts[];
  /** ȳ of the copy's outputs, by name. */
  readonly cotangents: ReadonlyMap<string, Value>;
  /** Names of the values whose cotangents are wanted: inputs of the copy, or values from outside. */
  readonly wrt: readonly string[];
  /** What the copy's values are called in a second copy, which is fed the reference run; for rules that compare two runs. */
  readonly twins?: ReadonlyMap<string, string> | undefined;
}

/** What lowerings ask about a node's neighbours, in the forward pass and in what is written of the gradient. */
export interface Surroundings {
  /** A forward value with what is known of it. */
  valueOf(name: string): Value;
  /** The forward node that makes a value; null for inputs, weights, and values from around a subgraph. */
  producerOf(name: string): NodeProto | null;
  /** The forward nodes that take a value, in the graph's order. */
  consumersOf(name: string): readonly NodeProto[];
  /** How gradients pass a forward node. */
  passageOf(node: NodeProto): Passage | null;
  /** True for values whose gradient is asked for: no node may hand their cotangent past them. */
  isWanted(name: string): boolean;
  /** What adds a term to the cotangent of a value whose node the sweep has still to come to; null for other values. */
  handOver(name: string): ((term: Value) => void) | null;
  /** The gradient's node that made a value; null for forward values and constants. */
  writtenBy(value: Value): NodeProto | null;
  /** The values that are fed to the graph. */
  readonly inputs: readonly Value[];
  /** What is known of cotangents beyond their facts, by name; lowerings add to it. */
  readonly forms: Map<string, CotangentForm>;
  /** The forward nodes that stand in another form, which computes the same; null where the forward pass must stay as it is. */
  readonly replaced: Map<NodeProto, readonly NodeProto[]> | null;
}

/** A rule, and the modified backward rule that acts on top of it. */
export interface Passage {
  readonly rule: GradientRule;
  readonly modification: Rule;
}

/** A cotangent that is written in parts, or known to vanish somewhere, or to be 1 in one place. */
export interface CotangentForm {
  /** int64 [N]: where each row of a cotangent [N, M] is 1; elsewhere it is 0. */
  readonly oneHot?: Value;
  /** Name of a value y ≥ 0: the cotangent is 0 wherever y is. */
  readonly zeroWith?: string;
  /** The cotangent [N, C, 2 H, 2 W] as four tensors [N, C, H, W]: even rows and columns, even rows and odd columns, odd and even, odd and odd. */
  readonly phases?: readonly [Value, Value, Value, Value];
}
