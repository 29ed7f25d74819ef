import type { Facts } from "../facts.ts";
import type { GraphProto, NodeProto } from "../gen/onnx_pb.ts";
import { operandsOf } from "../graph-names.ts";
import { inferAttributeGraph } from "../infer/infer-graph.ts";
import { leastElements, leastSize } from "../infer/least-elements.ts";
import { isDefaultDomain } from "../since-version.ts";
import { DEFAULT_LIMITS, type ModelLimits, beyondLimit } from "../limits.ts";

/** A graph and what is known of its values. */
export interface SizedGraph {
  readonly graph: GraphProto;
  readonly opset: number;
  readonly facts: Pick<ReadonlyMap<string, Facts>, "get">;
}

/** Elements that the model may make for each element that it stores, and compute for each that it is fed or stores. */
const MADE_PER_STORED = 8;
const COMPUTED_PER_GIVEN = 2 ** 14;

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

interface Meter {
  /** Elements of constants that the model makes. */
  readonly made: Count;
  /** Elements of all values. */
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
    const elements = node.output.reduce((sum, name) => (name === "" ? sum : sum + leastElements(facts.get(name))), 0);
    add(meter, node, rounds * elements, varies);
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
  const own = new Map(inner.facts);
  const all = { get: (name: string): Facts | undefined => own.get(name) ?? facts.get(name) };
  measure({ graph: inner.graph, opset, facts: all }, varying, rounds * leastSize(inner.rounds), meter);
}

function add({ made, computed }: Meter, node: NodeProto, elements: number, varies: boolean): void {
  const label = `${node.opType} "${node.name || (node.output[0] ?? "")}"`;
  computed.count += elements;
  if (!varies) made.count += elements;
  if (made.count > made.most) throw beyondLimit("constantElements", made.most, `${made.count} elements of constants, with those before it`, label);
  if (computed.count > computed.most)
    throw beyondLimit("valueElements", computed.most, `${computed.count} elements, with those of the values before it`, label);
}
