import { type DataType, XDeepError } from "@xdeep/core";
import { Attributes } from "../graphs/attributes.ts";
import { type Dim, type Facts, unknownFacts, axisFromFront } from "../graphs/facts.ts";
import type { GraphProto, NodeProto } from "../gen/onnx_pb.ts";
import { type KnownElements, elementsOf, numbersOf } from "./elements.ts";

/** The types and shapes of a node's outputs from those of its inputs. A null dim becomes a fresh symbol; missing trailing outputs are unknown. */
export type InferenceRule = (node: NodeView) => readonly Facts[];

export type InferenceRules = Readonly<Record<string, InferenceRule>>;

/** More axes than any engine computes with. */
const MAX_RANK = 64;

/** What a rule may need beyond the node's inputs. */
export interface InferenceContext {
  /** Version of the default operator set. */
  readonly opset: number;
  /** Facts of a subgraph's outputs, given those of its inputs: `inferGraph` supplies it for If, Loop and Scan. `scope` keeps the names of fresh symbols apart. */
  readonly inferSubgraph?: ((graph: GraphProto, inputs: readonly Facts[], scope: string) => readonly Facts[]) | undefined;
  /** Comes before the names of fresh symbols. */
  readonly scope?: string | undefined;
  /** How many loops lie around the node. Default 0. */
  readonly level?: number | undefined;
}

/** A node and what is known of its inputs, as a rule reads them. */
export class NodeView {
  readonly node: NodeProto;
  readonly attributes: Attributes;
  readonly inputs: readonly (Facts | null)[];
  readonly context: InferenceContext;

  constructor(node: NodeProto, inputs: readonly (Facts | null)[], context: InferenceContext) {
    this.node = node;
    this.attributes = new Attributes(node);
    this.inputs = inputs;
    this.context = context;
  }

  /** True where the input is given, even when nothing is known of it. */
  has(index: number): boolean {
    return this.inputs[index] != null;
  }

  input(index: number): Facts {
    return this.inputs[index] ?? unknownFacts;
  }

  type(index: number): DataType | null {
    return this.input(index).type;
  }

  dims(index: number): readonly Dim[] | null {
    return this.input(index).dims;
  }

  rank(index: number): number | null {
    return this.input(index).dims?.length ?? null;
  }

  /** Elements of a small input, known at least in part. */
  elements(index: number): KnownElements | null {
    return elementsOf(this.input(index));
  }

  /** Elements of a small input, all known. */
  numbers(index: number): readonly number[] | null {
    return numbersOf(this.input(index));
  }

  /**
   * The sizes that an input lists, as the shape of Reshape does, a null for each that is known only at run time; null where not even their number is known.
   *
   * @throws {XDeepError} MODEL_INVALID for more axes than any tensor has, and for sizes that are not whole.
   */
  shape(index: number): readonly Dim[] | null {
    const known = this.elements(index)?.values;
    const length = known?.length ?? this.dims(index)?.[0];
    if (typeof length !== "number") return null;
    if (length > MAX_RANK) throw this.invalid(`it makes a tensor of ${length} axes`);
    const broken = known?.find((size) => typeof size === "number" && !Number.isInteger(size));
    if (broken !== undefined) throw this.invalid(`its input ${index} holds the size ${broken}`);
    return known ?? Array.from({ length }, () => null);
  }

  /** The first element of a small input. */
  number(index: number): number | null {
    return this.numbers(index)?.[0] ?? null;
  }

  /** Integers that are an attribute in some versions and an input in others: undefined where left out, null where known only at run time. */
  intsOrInput(name: string, index: number): readonly number[] | null | undefined {
    if (this.has(index)) return this.numbers(index);
    return this.attributes.ints(name);
  }

  /**
   * `axis` counted from the front.
   *
   * @throws {XDeepError} MODEL_INVALID when it lies outside −rank … rank − 1.
   */
  axis(axis: number, rank: number): number {
    const normalized = axisFromFront(axis, rank);
    if (normalized < 0 || normalized >= rank) throw this.invalid(`axis ${axis} lies outside a tensor of rank ${rank}`);
    return normalized;
  }

  /** An error that names the node and what contradicts itself. */
  invalid(problem: string): XDeepError {
    const { opType, name, output } = this.node;
    const shapes = this.inputs.map((facts) => (facts?.dims ? `[${facts.dims.map((dim) => dim ?? "?").join(", ")}]` : "?")).join(" × ");
    return new XDeepError(
      "MODEL_INVALID",
      `${opType} "${name || (output[0] ?? "")}" is inconsistent: ${problem} (inputs ${shapes}). Check the model's shapes, or the dims given for its inputs.`,
      {
        details: { op: opType, node: name, outputs: [...output] },
      },
    );
  }
}

/** Facts of a tensor. */
export function tensor(type: DataType | null, dims: readonly Dim[] | null): Facts {
  return { type, dims };
}
