import {
  Attributes,
  type FactsByName,
  type GraphProto,
  type NodeProto,
  type ValueInfoProto,
  allowedElements,
  dataTypeCode,
  factsWithin,
  inferAttributeGraph,
  mapGraphs,
  namesOfGraph,
  nodeProto,
  operandsOf,
  takeName,
  valueInfoProto,
  withAttributes,
  withFields,
  withNodes,
} from "@xdeep/onnx";
import { nodeLabel } from "../../graph/node-label.ts";
import { type TypedGraph, typedGraph } from "../../graph/typed-graph.ts";
import { Constants } from "./constants.ts";
import { endMark, readEndMark } from "./end-mark.ts";

/** The value that an engine refused to make, as its message says, and how many elements it may have. */
export interface SizeEnd {
  readonly node: string | undefined;
  readonly elements: number;
}

/** The operand that sizes a node's result. */
const SIZED_BY: ReadonlyMap<string, readonly number[]> = new Map([
  ["ConstantOfShape", [0]],
  ["Expand", [1]],
  ["OneHot", [1]],
  ["Pad", [1]],
  ["Range", [1]],
  ["Resize", [2, 3]],
  ["Tile", [1]],
]);

/**
 * Ends runs in which the data decide on a size beyond `limits.valueElements`: the engine fails before it takes the memory. Sizes that follow from
 * the dims of inputs stay as they are: `checkSizes` looked at them.
 */
export function boundSizes(typed: TypedGraph): TypedGraph {
  const { model, graph, limits } = typed;
  if (limits.valueElements === Infinity) return typed;
  const bounds = new SizeBounds(typed);
  const bounded = bounds.graph(graph, typed.facts, new Set(graph.input.map(({ name }) => name)));
  if (bounded === graph) return typed;
  return typedGraph(withFields(model, { graph: withFields(bounded, { initializer: [...bounded.initializer, ...bounds.constants.tensors] }) }), limits);
}

/** What an engine's message says of a size that was bounded; null where it speaks of something else. */
export function sizeEnd(message: string): SizeEnd | null {
  const { bound, allowed: elements } = readEndMark(/\bidx=(\d+)/.exec(message)?.[1]);
  return bound === BOUND ? { node: /Name:'([^']*)\/elements'/.exec(message)?.[1], elements } : null;
}

const BOUND = 0x5e1e;

class SizeBounds {
  readonly constants: Constants = new Constants(() => this.#fresh());
  readonly #typed: TypedGraph;
  readonly #taken: Set<string>;
  readonly #most: number;

  constructor(typed: TypedGraph) {
    this.#typed = typed;
    this.#taken = namesOfGraph(typed.graph);
    this.#most = Math.min(allowedElements(typed, typed.limits).valueElements, 2 ** 43);
  }

  /** @param fed names of values that depend on what is fed, by way of their elements; those inside are added */
  graph(graph: GraphProto, facts: FactsByName, fed: Set<string>): GraphProto {
    const declared: ValueInfoProto[] = [];
    const nodes = graph.node.flatMap((node) => {
      const place = this.#placeOf(node, facts, fed);
      const inside = this.#inside(node, facts, fed);
      if (node.opType !== "Shape" && node.opType !== "Size" && operandsOf(node).some((name) => fed.has(name))) for (const name of node.output) fed.add(name);
      if (place === null) return [inside];
      const [result = ""] = node.output;
      const { type, dims } = facts.get(result) ?? { type: null, dims: null };
      if (type !== null) declared.push(valueInfoProto(result, type, dims));
      return this.#bounded(inside, place, facts);
    });
    const bounded = withNodes(graph, nodes);
    if (bounded === graph) return graph;
    const names = new Set(declared.map(({ name }) => name));
    return withFields(bounded, { valueInfo: [...graph.valueInfo.filter(({ name }) => !names.has(name)), ...declared] });
  }

  #inside(node: NodeProto, facts: FactsByName, fed: Set<string>): NodeProto {
    const attribute = node.attribute.map((each) => {
      const inner = each.g === undefined ? null : inferAttributeGraph(node, each.name, facts, this.#typed);
      if (inner === null) return each;
      const own = new Set([...fed, ...inner.graph.input.map(({ name }) => name)]);
      return mapGraphs(each, (graph) => this.graph(graph, factsWithin(inner.facts, facts), own));
    });
    return withAttributes(node, attribute);
  }

  /** Place of the operand by which the data size a node's result; null where they do not. */
  #placeOf(node: NodeProto, facts: FactsByName, fed: ReadonlySet<string>): number | null {
    const sizedBy = node.domain === "" ? (SIZED_BY.get(node.opType) ?? []) : [];
    const places = node.opType === "Range" ? [1, 0, 2] : sizedBy;
    const place = places.find((i) => fed.has(node.input[i] ?? "") && facts.get(node.input[i]!)?.type != null);
    return place ?? null;
  }

  #bounded(node: NodeProto, place: number, facts: FactsByName): readonly NodeProto[] {
    const nodes: NodeProto[] = [];
    const write = (op: string, inputs: readonly string[], attributes: Parameters<typeof nodeProto>[3] = {}, name?: string): string => {
      const result = this.#fresh();
      nodes.push(nodeProto(op, inputs, [result], attributes, name === undefined ? {} : { name }));
      return result;
    };
    const float = (value: string): string => write("Cast", [value], { to: 1 });
    const product = (value: string): string => write("ReduceProd", [write("Reshape", [float(value), this.constants.ints(-1)])], { keepdims: 1 });
    const elements = this.#elements(node, place, { write, float, product });
    const isBeyond = write("Less", [this.constants.float(this.#most), elements]);
    const at = write("Where", [isBeyond, this.constants.ints(endMark(BOUND, Math.floor(this.#most))), this.constants.ints(0)]);
    const label = nodeLabel(node).replaceAll(/['/]/g, " ").slice(-100);
    // False as a number, taken from a place that there is only where the size is allowed: a zero that nothing takes for a constant.
    const zero = write("ReduceSum", [write("Gather", [write("Cast", [isBeyond], { to: 7 }), at], {}, `${label}/elements`)], { keepdims: 0 });
    const operand = node.input[place]!;
    const same = write("Add", [operand, write("Cast", [zero], { to: dataTypeCode(facts.get(operand)!.type!) })]);
    return [...nodes, withFields(node, { input: node.input.with(place, same) })];
  }

  /** The elements of the result, as one float: exact where the operand alone decides. */
  #elements(node: NodeProto, place: number, { write, float, product }: Written): string {
    const [x = "", sizes = "", step = ""] = node.input;
    const times = (factor: string): string => write("Mul", [factor, float(write("Size", [x]))]);
    switch (node.opType) {
      case "Range": {
        const count = write("Div", [write("Sub", [float(sizes), float(x)]), float(step)]);
        return write("Reshape", [count, this.constants.ints(1)]);
      }
      case "Tile":
      case "OneHot":
        return times(product(sizes));
      case "Pad": {
        const axes = node.input[3] ?? "";
        const shape = axes === "" ? write("Shape", [x]) : write("Gather", [write("Shape", [x]), axes]);
        const sides = write("Reshape", [write("Abs", [float(sizes)]), this.constants.ints(2, -1)]);
        const added = write("ReduceSum", [sides, this.constants.ints(0)], { keepdims: 0 });
        const before = write("Max", [float(shape), this.constants.float(1)]);
        return times(product(write("Div", [write("Add", [before, added]), before])));
      }
      case "Resize":
        return place === 2 && !new Attributes(node).has("axes") ? times(product(node.input[2]!)) : product(node.input[place]!);
      default:
        return product(node.input[place]!);
    }
  }

  #fresh(): string {
    return takeName(this.#taken, "elements");
  }
}

interface Written {
  write(op: string, inputs: readonly string[], attributes?: Parameters<typeof nodeProto>[3]): string;
  /** A value as float32. */
  float(value: string): string;
  /** The product of all elements, [1]. */
  product(value: string): string;
}
