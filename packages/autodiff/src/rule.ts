import type { Attributes, GraphBuilder, NodeProto, Value } from "@xdeep/onnx";

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
  /** Output i of the forward node, which gets it added where it had none: MaxPool's indices, for instance. */
  addOutput(i: number): Value;
}
