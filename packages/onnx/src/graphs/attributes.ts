import type { AttributeProto, GraphProto, NodeProto, TensorProto } from "../gen/onnx_pb.ts";

/** Reads a node's attributes by name, with the operator's default where one is absent. */
export class Attributes {
  readonly #byName: ReadonlyMap<string, AttributeProto>;

  constructor(node: NodeProto) {
    this.#byName = new Map(node.attribute.map((attribute) => [attribute.name, attribute]));
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  names(): readonly string[] {
    return [...this.#byName.keys()];
  }

  int(name: string, fallback: number): number;
  int(name: string): number | undefined;
  int(name: string, fallback?: number): number | undefined {
    const attribute = this.#byName.get(name);
    return attribute === undefined ? fallback : safeInteger(attribute.i);
  }

  ints(name: string, fallback: readonly number[]): readonly number[];
  ints(name: string): readonly number[] | undefined;
  ints(name: string, fallback?: readonly number[]): readonly number[] | undefined {
    return this.#byName.get(name)?.ints.map(safeInteger) ?? fallback;
  }

  float(name: string, fallback: number): number;
  float(name: string): number | undefined;
  float(name: string, fallback?: number): number | undefined {
    return this.#byName.get(name)?.f ?? fallback;
  }

  floats(name: string, fallback: readonly number[]): readonly number[];
  floats(name: string): readonly number[] | undefined;
  floats(name: string, fallback?: readonly number[]): readonly number[] | undefined {
    return this.#byName.get(name)?.floats ?? fallback;
  }

  string(name: string, fallback: string): string;
  string(name: string): string | undefined;
  string(name: string, fallback?: string): string | undefined {
    const attribute = this.#byName.get(name);
    return attribute === undefined ? fallback : new TextDecoder().decode(attribute.s);
  }

  strings(name: string): readonly string[] | undefined {
    return this.#byName.get(name)?.strings.map((bytes) => new TextDecoder().decode(bytes));
  }

  tensor(name: string): TensorProto | undefined {
    return this.#byName.get(name)?.t;
  }

  graph(name: string): GraphProto | undefined {
    return this.#byName.get(name)?.g;
  }

  graphs(name: string): readonly GraphProto[] {
    return this.#byName.get(name)?.graphs ?? [];
  }
}

/** Exporters write the largest int64 for "to the end". What lies beyond the numbers that are exact here is as far as any tensor reaches. */
function safeInteger(value: bigint): number {
  return Math.min(Math.max(Number(value), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}
