import { XDeepError } from "@xdeep/core";
import { Attributes } from "../graphs/attributes.ts";
import { type Facts, unknownFacts } from "../graphs/facts.ts";
import type { NodeProto } from "../gen/onnx_pb.ts";
import { type AttributeValue, attributeProto, nodeProto } from "../graphs/node.ts";
import { type ConstantTensor, tensorProto } from "../files/tensor-data.ts";
import { withFields } from "../graphs/with-fields.ts";

/** The graph around a node that is being converted. */
export interface OldNodeScope {
  /** Version of the default operator set that the node was written for. */
  readonly opset: number;
  readonly facts: (name: string) => Facts;
  /** Appends a node of the new operator set. */
  readonly append: (node: NodeProto) => void;
  readonly freshName: (hint: string) => string;
  /** True where a value is read by any node or is an output of a graph. */
  readonly isUsed: (name: string) => boolean;
}

export interface Rewrite {
  readonly op?: string;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  /** Attributes to leave out. */
  readonly remove?: readonly string[];
  /** Attributes to set, in place of those of the same name. */
  readonly set?: Readonly<Record<string, AttributeValue>>;
}

/** A node in the meaning of an old operator set, with what its converter needs to say the same in the new one. */
export class OldNode {
  readonly proto: NodeProto;
  readonly attributes: Attributes;
  readonly opset: number;
  readonly #scope: OldNodeScope;

  constructor(proto: NodeProto, scope: OldNodeScope) {
    this.proto = proto;
    this.attributes = new Attributes(proto);
    this.opset = scope.opset;
    this.#scope = scope;
  }

  /** The name of an input; "" where it is left out. */
  input(index: number): string {
    return this.proto.input[index] ?? "";
  }

  /** What is known of an input. */
  facts(index: number): Facts {
    return this.input(index) === "" ? unknownFacts : this.#scope.facts(this.input(index));
  }

  rank(index: number): number | null {
    return this.facts(index).dims?.length ?? null;
  }

  isOutputUsed(index: number): boolean {
    const name = this.proto.output[index] ?? "";
    return name !== "" && this.#scope.isUsed(name);
  }

  /** Appends a node of one output before this one and returns that output. */
  emit(op: string, inputs: readonly string[], attributes: Readonly<Record<string, AttributeValue>> = {}): string {
    const output = this.#scope.freshName(`${this.#label()}_${op}`);
    this.#scope.append(nodeProto(op, inputs, [output], attributes, { name: output }));
    return output;
  }

  constant(hint: string, constant: ConstantTensor): string {
    const name = this.#scope.freshName(`${this.#label()}_${hint}`);
    this.#scope.append(nodeProto("Constant", [], [name], { value: tensorProto("", constant) }, { name }));
    return name;
  }

  /** A constant int64 vector. */
  int64s(hint: string, values: readonly number[]): string {
    return this.constant(hint, { type: "int64", dims: [values.length], data: BigInt64Array.from(values, BigInt) });
  }

  /** A constant scalar of the element type of an input, whatever that is. */
  floatLike(hint: string, value: number, index: number): string {
    if (this.facts(index).type === "float64") return this.constant(hint, { type: "float64", dims: [], data: Float64Array.of(value) });
    const single = this.constant(hint, { type: "float32", dims: [], data: Float32Array.of(value) });
    return this.facts(index).type === "float32" ? single : this.emit("CastLike", [single, this.input(index)]);
  }

  /** Appends the node itself, changed. It keeps its name, outputs and remaining attributes. */
  rewrite({ op, inputs, outputs, remove = [], set = {} }: Rewrite): void {
    const kept = this.proto.attribute.filter(({ name }) => !remove.includes(name) && !(name in set));
    const added = Object.entries(set).flatMap(([name, value]) => (value === undefined ? [] : [attributeProto(name, value)]));
    this.#scope.append(
      withFields(this.proto, {
        attribute: [...kept, ...added],
        ...(op === undefined ? {} : { opType: op }),
        ...(inputs === undefined ? {} : { input: trimmed(inputs) }),
        ...(outputs === undefined ? {} : { output: [...outputs] }),
      }),
    );
  }

  /** Appends the node as it is: it means the same in the new operator set. */
  keep(): void {
    this.#scope.append(this.proto);
  }

  /** The error for a node that has no equal in the new operator set. */
  refusal(reason: string): XDeepError {
    const { opType, name } = this.proto;
    return new XDeepError(
      "MODEL_UNSUPPORTED",
      `Cannot raise ${opType} (opset ${this.opset}, node "${name || this.#label()}") to a newer operator set: ${reason}. Export the model again with opset 18 or later.`,
      { details: { op: opType, node: name || this.#label(), opset: this.opset } },
    );
  }

  #label(): string {
    return this.proto.output.find((name) => name !== "") ?? this.proto.opType;
  }
}

function trimmed(inputs: readonly string[]): string[] {
  return inputs.slice(0, inputs.findLastIndex((name) => name !== "") + 1);
}
