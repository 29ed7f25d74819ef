import { Attributes } from "../graphs/attributes.ts";
import { type Facts, type FactsByName, factsWithin, unknownFacts } from "../graphs/facts.ts";
import type { GraphProto, NodeProto } from "../gen/onnx_pb.ts";
import { operandsOf } from "../graphs/graph-names.ts";
import { inferAttributeGraph, inferSubgraph } from "../infer/infer-graph.ts";
import { leastElements, leastSize } from "../infer/least-elements.ts";
import { subgraphScope } from "../infer/operators/control-flow.ts";
import { isDefaultDomain } from "../since-version.ts";
import { DEFAULT_LIMITS, type ModelLimits, beyondLimit } from "../files/limits.ts";

/** A graph and what is known of its values. */
export interface SizedGraph {
  readonly graph: GraphProto;
  readonly opset: number;
  readonly facts: FactsByName;
}

/** Elements that the model may make for each element that it stores, and compute for each that it is fed or stores. */
const MADE_PER_STORED = 8;
const COMPUTED_PER_GIVEN = 2 ** 14;
/** Engines multiply and add so often in the time that they take for an element of a result, */
const PRODUCTS_PER_ELEMENT = 2 ** 10;
/** and write so many elements in the time that they take to run a node again in a loop. */
const ELEMENTS_PER_RUN = 2 ** 10;

/**
 * Checks how much a model computes, as far as its shapes say before a run: a file of a hundred bytes can ask for a tensor of any size, or for a loop of
 * any length. Sizes that are open count as 1.
 *
 * @throws {XDeepError} MODEL_UNSUPPORTED, naming the node and the limit
 */
export function checkSizes(sized: SizedGraph, limits: ModelLimits = DEFAULT_LIMITS): void {
  const { constantElements, valueElements } = allowedElements(sized, limits);
  const meter: Meter = { made: { count: 0, most: constantElements }, computed: { count: 0, most: valueElements } };
  measure(sized, new Set(sized.graph.input.map(({ name }) => name)), 1, meter);
}

/** How many elements a model may make and compute: those of the limits, and more for what it stores and is given. */
export function allowedElements({ graph, facts }: SizedGraph, limits: ModelLimits): Pick<ModelLimits, "constantElements" | "valueElements"> {
  const elements = (names: readonly string[]): number => names.reduce((sum, name) => sum + leastElements(facts.get(name)), 0);
  const stored = elements([...graph.initializer.map(({ name }) => name), ...graph.node.filter(isStored).flatMap(({ output }) => output)]);
  const fed = elements(graph.input.map(({ name }) => name));
  return {
    constantElements: limits.constantElements + MADE_PER_STORED * stored,
    valueElements: limits.valueElements + COMPUTED_PER_GIVEN * (stored + fed),
  };
}

/** Weights may stand in nodes, too. */
function isStored({ opType, domain }: NodeProto): boolean {
  return opType === "Constant" && isDefaultDomain(domain);
}

/** How many elements take the time that a round of a Loop takes, with what is in loops inside it as far as their rounds are known. */
export function workOfRound(loop: NodeProto, sized: SizedGraph): number {
  const meter: Meter = { made: { count: 0, most: Infinity }, computed: { count: 0, most: Infinity } };
  // Twice, since a node that is run again counts for more.
  measureInside(loop, "body", sized, new Set(), 2, meter);
  return (meter.made.count + meter.computed.count) / 2;
}

/** The elements of a node's outputs, or as many as take the time that its windows and products take. */
function workOf(node: NodeProto, facts: SizedGraph["facts"]): number {
  const elements = node.output.reduce((sum, name) => (name === "" ? sum : sum + leastElements(facts.get(name))), 0);
  const [x, weights] = [facts.get(node.input[0] ?? ""), facts.get(node.input[1] ?? "")];
  const perChannel = leastElements(weights) / leastSize(weights?.dims?.[0] ?? null);
  switch (node.opType) {
    case "AveragePool":
    case "LpPool":
    case "MaxPool":
      return elements * new Attributes(node).ints("kernel_shape", []).reduce((cells, size) => cells * Math.max(1, size), 1);
    case "Conv":
      return elements + (elements * perChannel) / PRODUCTS_PER_ELEMENT;
    case "ConvTranspose":
      return elements + (leastElements(x) * perChannel) / PRODUCTS_PER_ELEMENT;
    case "MatMul":
      return elements + (elements * leastSize(x?.dims?.at(-1) ?? null)) / PRODUCTS_PER_ELEMENT;
    default:
      return elements;
  }
}

interface Meter {
  /** Elements of constants that the model makes. */
  readonly made: Count;
  /** Elements of all other values. */
  readonly computed: Count;
}

interface Count {
  count: number;
  readonly most: number;
}

/** Adds up what the nodes of a graph make in so many rounds. `varying` are the values that depend on inputs; what does is added. */
function measure({ graph, opset, facts }: SizedGraph, varying: Set<string>, rounds: number, meter: Meter): void {
  for (const node of graph.node) {
    if (isStored(node)) continue;
    const varies = operandsOf(node).some((name) => varying.has(name));
    add(meter, node, rounds * Math.max(workOf(node, facts), rounds > 1 ? ELEMENTS_PER_RUN : 0), varies);
    for (const { name, g } of node.attribute) {
      if (g !== undefined)
        measureInside(node, name, { graph, opset, facts }, varies ? new Set([...varying, ...g.input.map((input) => input.name)]) : varying, rounds, meter);
    }
    if (varies) for (const name of node.output) varying.add(name);
  }
}

function measureInside(node: NodeProto, attribute: string, { opset, facts }: SizedGraph, varying: Set<string>, rounds: number, meter: Meter): void {
  const inner = inferAttributeGraph(node, attribute, facts, { opset });
  if (inner === null) return;
  const { graph } = inner;
  const count = leastSize(inner.rounds);
  const measureRounds = (own: ReadonlyMap<string, Facts>, times: number): void => {
    measure({ graph, opset, facts: factsWithin(own, facts) }, new Set(varying), rounds * times, meter);
  };
  const grown = node.opType === "Loop" && count > 1 ? grownStates(node, graph, { facts, opset }, inner.facts) : null;
  let done = 0;
  let own = inner.facts;
  for (const next of grown ?? []) {
    if (done === count) return;
    own = next;
    measureRounds(own, 1);
    done += 1;
  }
  measureRounds(own, count - done);
}

/** Nodes that are gone through again to see how the state of a loop grows: enough for one that doubles in small bodies. */
const GROWTH_NODES = 50_000;

/** What is known in a loop's body in its first rounds, one after the other; null where every round has the same sizes. */
function grownStates(
  node: NodeProto,
  body: GraphProto,
  { facts, opset }: Pick<SizedGraph, "facts" | "opset">,
  settled: ReadonlyMap<string, Facts>,
): Iterable<ReadonlyMap<string, Facts>> | null {
  const [trip, condition, ...states] = body.input.map(({ name }) => settled.get(name) ?? unknownFacts);
  const initial = node.input.slice(2).map((name) => facts.get(name) ?? unknownFacts);
  if (initial.every(({ dims }, i) => dims === null || hasSizes(states[i] ?? unknownFacts, dims.length))) return null;
  return rounds();

  function* rounds(): Generator<ReadonlyMap<string, Facts>> {
    let inputs = [trip ?? unknownFacts, condition ?? unknownFacts, ...initial];
    for (let nodes = 0; nodes < GROWTH_NODES; nodes += body.node.length + 1) {
      const own = inferSubgraph(body, facts, { opset, inputs, scope: subgraphScope(node, "body") });
      yield own;
      const outputs = body.output.slice(1, 1 + initial.length).map(({ name }) => own.get(name) ?? facts.get(name) ?? unknownFacts);
      inputs = [...inputs.slice(0, 2), ...outputs];
    }
  }
}

function hasSizes({ dims }: Facts, rank: number): boolean {
  return dims?.length === rank && !dims.includes(null);
}

function add({ made, computed }: Meter, node: NodeProto, elements: number, varies: boolean): void {
  const label = `${node.opType} "${node.name || (node.output[0] ?? "")}"`;
  if (varies) computed.count += elements;
  else made.count += elements;
  if (made.count > made.most) throw beyondLimit("constantElements", made.most, `${made.count} elements of constants, with those before it`, label);
  if (computed.count > computed.most)
    throw beyondLimit("valueElements", computed.most, `${computed.count} elements, with those of the values before it`, label);
}
