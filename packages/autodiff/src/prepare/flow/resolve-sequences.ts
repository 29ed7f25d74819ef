import {
  Attributes,
  type Facts,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  inferGraph,
  namesOfGraph,
  nodeProto,
  numbersOf,
  operandsOf,
  takeName,
  tensorProto,
  unknownFacts,
  withFields,
} from "@xdeep/onnx";
import { copySubgraph } from "../../graph/copy-subgraph.ts";
import { nodeLabel } from "../../graph/node-label.ts";
import { graphOf } from "../../graph/typed-graph.ts";

/** Longer sequences stay sequences. */
const MAX_LENGTH = 256;

/** Nodes that a SequenceMap may become; larger ones stay. */
const MAX_MAPPED = 1024;

/** Operators whose result is a sequence. */
const MAKERS: ReadonlySet<string> = new Set(["SequenceConstruct", "SequenceEmpty", "SequenceErase", "SequenceInsert", "SequenceMap", "SplitToSequence"]);

/** Replaces sequences whose length the graph fixes by the tensors that they hold: gradients pass tensors alone. Others stay as they are. */
export function resolveSequences(model: ModelProto): ModelProto {
  const graph = graphOf(model);
  if (!graph.node.some(({ opType }) => MAKERS.has(opType))) return model;
  const sequences = new Sequences(inferGraph(model), namesOfGraph(graph));
  const nodes = graph.node.flatMap((node) => sequences.resolve(node) ?? [node]);
  const outputs = graph.output.map(({ name }) => name);
  const rest = withoutUnread(nodes, outputs, (name) => sequences.isKnown(name));
  return withFields(model, { graph: withFields(graph, { node: rest, initializer: [...graph.initializer, ...sequences.initializers] }) });
}

class Sequences {
  readonly initializers: TensorProto[] = [];
  readonly #facts: ReadonlyMap<string, Facts>;
  readonly #taken: Set<string>;
  /** Names of the tensors of each sequence that is known. */
  readonly #lists = new Map<string, readonly string[]>();

  constructor(facts: ReadonlyMap<string, Facts>, taken: Set<string>) {
    this.#facts = facts;
    this.#taken = taken;
  }

  isKnown(name: string): boolean {
    return this.#lists.has(name);
  }

  /** The nodes that stand in a node's place; null where it stays. */
  resolve(node: NodeProto): readonly NodeProto[] | null {
    const [first = ""] = node.input;
    const [result = ""] = node.output;
    const list = this.#lists.get(first);
    switch (node.opType) {
      case "SequenceEmpty":
        return this.#keep(node, []);
      case "SequenceConstruct":
        return this.#keep(node, node.input);
      case "SequenceMap":
        return this.#map(node);
      case "SplitToSequence":
        return this.#split(node);
      case "Identity":
        return list === undefined ? null : this.#keep(node, list);
      case "SequenceInsert": {
        const place = list === undefined ? null : this.#place(node.input[2], list.length, list.length);
        return list === undefined || place === null ? null : this.#keep(node, list.toSpliced(place, 0, node.input[1] ?? ""));
      }
      case "SequenceErase": {
        const place = list === undefined ? null : this.#place(node.input[1], list.length, list.length - 1);
        return list === undefined || place === null ? null : this.#keep(node, list.toSpliced(place, 1));
      }
      case "SequenceAt": {
        const place = list === undefined ? null : this.#place(node.input[1], list.length, 0);
        const tensor = place === null ? undefined : list?.[place];
        return tensor === undefined ? null : [nodeProto("Identity", [tensor], [result], {}, { name: node.name })];
      }
      case "SequenceLength":
        return list === undefined ? null : [nodeProto("Identity", [this.#ints([list.length], [])], [result], {}, { name: node.name })];
      case "ConcatFromSequence":
        return list === undefined || list.length === 0 ? null : this.#concat(node, list, result);
      default:
        return null;
    }
  }

  #keep(node: NodeProto, list: readonly string[]): readonly NodeProto[] | null {
    if (list.length > MAX_LENGTH) return null;
    this.#lists.set(node.output[0] ?? "", list);
    return [node];
  }

  /** The body once for each entry, as PyTorch's `hstack` makes rows of its tensors. */
  #map(node: NodeProto): readonly NodeProto[] | null {
    const body = new Attributes(node).graph("body");
    const length = this.#lists.get(node.input[0] ?? "")?.length;
    const isKnown = (name: string): boolean => this.#lists.get(name)?.length === length || this.#isTensor(name);
    if (body === undefined || length === undefined || !node.input.every(isKnown) || length * body.node.length > MAX_MAPPED) return null;
    const copies = Array.from({ length }, (_, i) => {
      const inputs = node.input.map((name) => this.#lists.get(name)?.[i] ?? name);
      return copySubgraph(body, inputs, (name) => takeName(this.#taken, name), `${nodeLabel(node)}/${i}`);
    });
    for (const { initializers } of copies) for (const tensor of initializers) this.initializers.push(tensor);
    node.output.forEach((name, k) =>
      this.#lists.set(
        name,
        copies.map(({ outputs }) => outputs[k] ?? ""),
      ),
    );
    return [...copies.flatMap(({ nodes }) => nodes), node];
  }

  #isTensor(name: string): boolean {
    const { type, container } = this.#facts.get(name) ?? unknownFacts;
    return type !== null && container === undefined;
  }

  /** A place in a sequence, counted from its end where it is negative; null where it is known only at run time. */
  #place(name: string | undefined, length: number, fallback: number): number | null {
    if (name === undefined || name === "") return fallback;
    const place = numbersOf(this.#facts.get(name) ?? unknownFacts)?.[0];
    if (place === undefined || place < -length || place > length) return null;
    return place < 0 ? place + length : place;
  }

  #split(node: NodeProto): readonly NodeProto[] | null {
    const [x = "", split = ""] = node.input;
    const attributes = new Attributes(node);
    const dims = this.#facts.get(x)?.dims ?? null;
    const axis = attributes.int("axis", 0);
    const sizes = dims === null ? null : this.#sizes(split, dims.at(axis) ?? null);
    if (sizes === null || sizes.length === 0 || sizes.length > MAX_LENGTH) return null;
    const parts = sizes.map((_, i) => takeName(this.#taken, `${node.output[0]}/${i}`));
    const written = nodeProto("Split", [x, this.#ints(sizes, [sizes.length])], parts, { axis }, { name: node.name === "" ? "" : `${node.name}/Split` });
    if (split !== "" || attributes.int("keepdims", 1) === 1) return [written, ...(this.#keep(node, parts) ?? [])];
    const squeezed = parts.map((part) => takeName(this.#taken, `${part}/squeezed`));
    const axes = this.#ints([axis], [1]);
    return [written, ...parts.map((part, i) => nodeProto("Squeeze", [part, axes], [squeezed[i] as string])), ...(this.#keep(node, squeezed) ?? [])];
  }

  /** The sizes of the parts of an axis: a list of them, one for all but the last, or 1 for each. */
  #sizes(split: string, dim: number | string | null): readonly number[] | null {
    const given = split === "" ? [1] : numbersOf(this.#facts.get(split) ?? unknownFacts);
    if (given === null || (split !== "" && (this.#facts.get(split)?.dims ?? null) === null)) return null;
    if (split !== "" && this.#facts.get(split)?.dims?.length === 1) return given;
    const [size = 0] = given;
    if (typeof dim !== "number" || size <= 0 || Math.ceil(dim / size) > MAX_LENGTH) return null;
    return Array.from({ length: Math.ceil(dim / size) }, (_, i) => Math.min(size, dim - i * size));
  }

  #concat(node: NodeProto, list: readonly string[], result: string): readonly NodeProto[] {
    const attributes = new Attributes(node);
    const axis = attributes.int("axis", 0);
    if (attributes.int("new_axis", 0) === 0) return [nodeProto("Concat", list, [result], { axis }, { name: node.name })];
    const axes = this.#ints([axis], [1]);
    const widened = list.map((_, i) => takeName(this.#taken, `${result}/${i}`));
    return [
      ...list.map((tensor, i) => nodeProto("Unsqueeze", [tensor, axes], [widened[i] as string])),
      nodeProto("Concat", widened, [result], { axis }, { name: node.name }),
    ];
  }

  #ints(values: readonly number[], dims: readonly number[]): string {
    const name = takeName(this.#taken, "sequence/ints");
    this.initializers.push(tensorProto(name, { type: "int64", dims, data: BigInt64Array.from(values, BigInt) }));
    return name;
  }
}

/** The nodes without those that make sequences for nobody. */
function withoutUnread(nodes: readonly NodeProto[], outputs: readonly string[], isSequence: (name: string) => boolean): NodeProto[] {
  const read = new Set(outputs);
  const kept = nodes.toReversed().filter((node) => {
    if (node.output.some(isSequence) && !node.output.some((name) => read.has(name))) return false;
    for (const name of operandsOf(node)) read.add(name);
    return true;
  });
  return kept.reverse();
}
