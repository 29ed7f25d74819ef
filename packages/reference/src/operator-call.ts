import { type DataType, XDeepError } from "@xdeep/core";
import { Attributes, type GraphProto, type NodeProto, dataTypeName } from "@xdeep/onnx";
import type { Value64 } from "./arrays/value64.ts";

/** Runs a subgraph of the node with these inputs, in the scope that encloses the node, and returns its outputs. */
export type RunGraph = (graph: GraphProto, inputs: readonly Value64[]) => readonly Value64[];

/** One execution of one node: all that an operator may read. */
export class OperatorCall {
  readonly node: NodeProto;
  readonly attributes: Attributes;
  /** Undefined where an optional input is left out. */
  readonly inputs: readonly (Value64 | undefined)[];
  /** The model's version of the default operator set. */
  readonly opset: number;
  readonly runGraph: RunGraph;

  constructor(node: NodeProto, inputs: readonly (Value64 | undefined)[], opset: number, runGraph: RunGraph) {
    this.node = node;
    this.attributes = new Attributes(node);
    this.inputs = inputs;
    this.opset = opset;
    this.runGraph = runGraph;
  }

  /**
   * A required input.
   *
   * @throws {XDeepError} MODEL_INVALID when the node leaves it out.
   */
  input(index: number): Value64 {
    const value = this.inputs[index];
    if (value === undefined) throw this.invalid(`needs input ${index}`);
    return value;
  }

  /** An optional input, undefined when it is left out. */
  optional(index: number): Value64 | undefined {
    return this.inputs[index];
  }

  /** Every input from this one on, none of which may be left out. */
  everyInput(first = 0): readonly Value64[] {
    return this.inputs.slice(first).map((_, index) => this.input(first + index));
  }

  /** The elements of a small integer input, such as axes or a shape; undefined when it is left out. */
  integers(index: number): readonly number[] | undefined {
    const value = this.inputs[index];
    return value === undefined ? undefined : [...value.data];
  }

  /** A FLOAT attribute. The default is rounded to float32, as the file would hold it. */
  float(name: string, fallback: number): number {
    return this.attributes.float(name, Math.fround(fallback));
  }

  /** True for an INT attribute that is not 0. */
  flag(name: string, fallback = false): boolean {
    return this.attributes.int(name, fallback ? 1 : 0) !== 0;
  }

  /** The element type that an INT attribute names by its ONNX number. */
  elementType(name: string): DataType | undefined {
    const code = this.attributes.int(name);
    if (code === undefined) return undefined;
    const type = dataTypeName(code);
    if (type === null) throw new XDeepError("MODEL_UNSUPPORTED", `${this.describe()} has element type ${code}, which the interpreter does not have.`);
    return type;
  }

  /** A subgraph attribute. */
  graph(name: string): GraphProto {
    const graph = this.attributes.graph(name);
    if (graph === undefined) throw this.invalid(`needs the subgraph "${name}"`);
    return graph;
  }

  /** True when the node names its output of this index. */
  wantsOutput(index: number): boolean {
    return (this.node.output[index] ?? "") !== "";
  }

  /** An error about this node. */
  invalid(problem: string): XDeepError {
    return new XDeepError("MODEL_INVALID", `${this.describe()} ${problem}.`, { details: { op: this.node.opType, node: this.node.name } });
  }

  /** An error about a form of the operator that the interpreter does not have. */
  unsupported(problem: string): XDeepError {
    return new XDeepError("MODEL_UNSUPPORTED", `${this.describe()}: the reference interpreter does not have ${problem}.`, {
      details: { op: this.node.opType, node: this.node.name },
    });
  }

  /** The operator and the node's name, for messages. */
  describe(): string {
    return `${this.node.opType} (node "${this.node.name || this.node.output[0]}")`;
  }
}

/** What an operator computes: its outputs in order; trailing optional ones may be missing. */
export type Operator = (call: OperatorCall) => readonly Value64[];

/** Operators by name; those outside the default domain as "domain.Name". */
export type OperatorTable = Readonly<Record<string, Operator>>;
