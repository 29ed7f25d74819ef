import {
  type Facts,
  type FactsByName,
  type GraphProto,
  type ModelLimits,
  type NodeProto,
  allowedElements,
  factsWithin,
  inferAttributeGraph,
  mapGraphs,
  namesOfGraph,
  nodeProto,
  takeName,
  valueInfoProto,
  withFields,
  withNodes,
  withSubgraphs,
  workOfRound,
} from "@xdeep/onnx";
import { nodeLabel } from "../../graph/node-label.ts";
import { scanStates } from "../../graph/subgraph-wiring.ts";
import { type TypedGraph, typedGraph } from "../../graph/typed-graph.ts";
import { Constants } from "./constants.ts";
import { endMark, readEndMark } from "./end-mark.ts";

/** The limit that a loop ran into, as an engine's message says. */
export interface LoopEnd {
  /** The loop's name, where the engine names its nodes. */
  readonly loop: string | undefined;
  readonly limit: keyof ModelLimits;
  /** Rounds that such a loop may take, alone. */
  readonly rounds: number;
}

/**
 * Ends loops whose rounds the data decide: the engine fails in the round that is one too many, so that a result is never cut short. All such loops of a run,
 * those inside each other included, count their rounds in one state [1] that goes from body to body. A round counts for one, or for its share of
 * `limits.valueElements` where its body is large. Loops whose rounds are known before the run stay as they are: `checkSizes` looked at them.
 */
export function boundLoops(typed: TypedGraph): TypedGraph {
  const { model, graph, limits } = typed;
  if (limits.loopRounds === Infinity || !withSubgraphs(graph.node).some(({ opType }) => opType === "Loop")) return typed;
  const alone = new LoopBounds(typed, 1);
  const first = alone.graph();
  if (alone.nests === 0) return typed;
  return typedGraph(withFields(model, { graph: alone.nests === 1 ? first : new LoopBounds(typed, alone.nests).graph() }), limits);
}

/** What an engine's message says of a loop that was ended; null where it speaks of something else. */
export function loopEnd(message: string): LoopEnd | null {
  const { bound, allowed: rounds } = readEndMark(/requested shape:\{(\d+)\}/.exec(message)?.[1]);
  const limit = LOOP_LIMITS[bound - FIRST_BOUND];
  if (limit === undefined) return null;
  const [, loop] = /Name:'([^']*)\/rounds'/.exec(message) ?? [];
  return { loop, limit, rounds };
}

/** The bound of a loop is this, and behind it the place of the limit among these. */
const FIRST_BOUND = 0x5eed;
const LOOP_LIMITS = ["loopRounds", "valueElements"] as const;

/** A graph with its loops bounded, and the count behind them; the count that it was given where nothing is counted. */
interface Counted {
  readonly graph: GraphProto;
  readonly count: string | null;
}

class LoopBounds {
  /** Loops that are in no other loop: each has its share of the rounds. */
  nests = 0;
  readonly #typed: TypedGraph;
  readonly #taken: Set<string>;
  /** Rounds of a nest. */
  readonly #most: number;
  /** Elements that take as long as a round. */
  readonly #part: number;
  /** The integers that are counted and compared with. */
  readonly #constants = new Constants(() => this.#fresh("rounds"));

  constructor(typed: TypedGraph, nests: number) {
    const rounds = Math.min(typed.limits.loopRounds, 2 ** 40);
    this.#typed = typed;
    this.#taken = namesOfGraph(typed.graph);
    this.#most = Math.max(1, Math.floor(rounds / nests));
    this.#part = Math.min(2 ** 40, Math.max(1, Math.floor(allowedElements(typed, typed.limits).valueElements / rounds)));
  }

  graph(): GraphProto {
    const { graph } = this.#counted(this.#typed.graph, this.#typed.facts, null);
    return withFields(graph, { initializer: [...graph.initializer, ...this.#constants.tensors] });
  }

  /** @param count of the rounds so far; null outside of loops */
  #counted(graph: GraphProto, facts: FactsByName, count: string | null): Counted {
    let now = count;
    const nodes = graph.node.map((node) => {
      const counted = node.opType === "If" ? this.#branches(node, facts, now) : this.#loop(node, facts, now);
      if (count !== null) now = counted.count;
      return counted.node;
    });
    const bounded = withNodes(graph, nodes);
    return { graph: bounded, count: bounded === graph ? count : now };
  }

  #branches(node: NodeProto, facts: FactsByName, count: string | null): { node: NodeProto; count: string | null } {
    const counted = new Map<GraphProto, Counted>();
    for (const { name, g } of node.attribute) {
      const inner = g === undefined ? null : inferAttributeGraph(node, name, facts, this.#typed);
      if (inner !== null) counted.set(inner.graph, this.#counted(inner.graph, factsWithin(inner.facts, facts), count));
    }
    if ([...counted].every(([graph, found]) => found.graph === graph)) return { node, count };
    const after = count === null ? null : this.#fresh("rounds");
    const attribute = node.attribute.map((each) =>
      mapGraphs(each, (graph) => {
        const found = counted.get(graph) ?? { graph, count };
        return count === null ? found.graph : this.#withOutput(found.graph, found.count!, found.graph.output.length);
      }),
    );
    return { node: withFields(node, { attribute, output: after === null ? node.output : [...node.output, after] }), count: after };
  }

  #loop(node: NodeProto, facts: FactsByName, count: string | null): { node: NodeProto; count: string | null } {
    const inner = node.opType === "Loop" || node.opType === "Scan" ? inferAttributeGraph(node, "body", facts, this.#typed) : null;
    if (inner === null) return { node, count };
    const isOpen = node.opType === "Loop" && inner.rounds === null;
    const [before, start] = [this.#fresh("rounds"), this.#fresh("rounds")];
    const body = this.#counted(inner.graph, factsWithin(inner.facts, facts), isOpen ? start : before);
    if (!isOpen && body.graph === inner.graph) return { node, count };
    if (count === null) this.nests++;
    const conditions = node.opType === "Loop" ? 1 : 0;
    const states = inner.graph.input.length - (node.opType === "Loop" ? 2 : node.input.length - scanStates(node));
    const place = states + 2 * conditions;
    const nodes = isOpen ? [...this.#step(node, inner, before, start, facts), ...body.graph.node] : body.graph.node;
    const grown = withFields(this.#withOutput(withFields(body.graph, { node: nodes }), body.count!, states + conditions), {
      input: body.graph.input.toSpliced(place, 0, valueInfoProto(before, "int64", [1])),
    });
    const after = this.#fresh("rounds");
    const outputs = [...node.output, ...Array<string>(Math.max(0, states - node.output.length)).fill("")];
    return {
      node: withFields(node, {
        attribute: node.attribute.map((each) => mapGraphs(each, () => grown)),
        input: [...node.input, ...Array<string>(Math.max(0, place - node.input.length)).fill("")].toSpliced(place, 0, count ?? this.#constants.ints(0)),
        output: outputs.toSpliced(states, 0, after),
      }),
      count: count === null ? null : after,
    };
  }

  /** Adds a round to the count, and fails where that is more than allowed: one element cannot be reshaped to two. */
  #step(node: NodeProto, { graph, facts }: { graph: GraphProto; facts: FactsByName }, before: string, after: string, outer: FactsByName): readonly NodeProto[] {
    const weight = Math.max(1, Math.ceil(workOfRound(node, { ...this.#typed, facts: outer }) / this.#part));
    const limit = weight === 1 ? 0 : 1;
    const rounds = Math.floor(this.#most / weight);
    const growing = graph.input.slice(2).filter(({ name }) => mayGrow(facts.get(name)));
    const nodes: NodeProto[] = [];
    const write = (op: string, ...inputs: readonly string[]): string => {
      const name = this.#fresh("rounds");
      nodes.push(nodeProto(op, inputs, [name]));
      return name;
    };
    let count = write("Add", before, this.#constants.ints(weight));
    for (const { name } of growing) count = write("Add", count, write("Div", write("Size", name), this.#constants.ints(this.#part)));
    const isBeyond = write("Less", this.#constants.ints(this.#most), count);
    const size = write("Where", isBeyond, this.#constants.ints(endMark(FIRST_BOUND + limit, rounds)), this.#constants.ints(1));
    return [...nodes, nodeProto("Reshape", [count, size], [after], {}, { name: `${nodeLabel(node).replaceAll("'", " ").slice(-100)}/rounds` })];
  }

  /** Engines want outputs of subgraphs to come from nodes of their own. */
  #withOutput(graph: GraphProto, value: string, place: number): GraphProto {
    const name = this.#fresh("rounds");
    return withFields(graph, {
      node: [...graph.node, nodeProto("Identity", [value], [name])],
      output: graph.output.toSpliced(place, 0, valueInfoProto(name, "int64", [1])),
    });
  }

  #fresh(hint: string): string {
    return takeName(this.#taken, hint);
  }
}

/** Whether a state of numbers may be larger after a round. */
function mayGrow({ type, dims, container }: Facts = { type: null, dims: null }): boolean {
  return container === undefined && type !== null && type !== "string" && (dims === null || dims.includes(null));
}
