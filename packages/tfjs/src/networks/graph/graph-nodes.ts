import type { GraphModel } from "@tensorflow/tfjs-converter";

/** A node of a GraphModel, as TensorFlow.js keeps it. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** The kind of the operator; none where TensorFlow.js does not know it. */
  readonly category?: string;
  /** Names of what it reads, "node:1" for results after the first. */
  readonly inputNames: readonly string[];
  readonly inputs: readonly GraphNode[];
  readonly children: readonly GraphNode[];
  readonly attrParams?: Readonly<Record<string, { readonly value?: unknown } | undefined>>;
}

/** Its parts that are read here. They are private to TensorFlow.js, and the same since its first release. */
interface GraphExecutor {
  readonly graph: {
    readonly nodes: Readonly<Record<string, GraphNode>>;
    readonly inputs: readonly GraphNode[];
    readonly outputs: readonly GraphNode[];
    /** Branches and bodies of loops. */
    readonly functions?: Readonly<Record<string, { readonly nodes: Readonly<Record<string, GraphNode>> }>>;
  };
  readonly weightMap: Readonly<Record<string, readonly unknown[]>>;
}

/** The nodes of a graph, and what can be computed of it synchronously. */
export class GraphNodes {
  readonly nodes: Readonly<Record<string, GraphNode>>;
  readonly inputs: readonly GraphNode[];
  readonly #inFunctions: readonly GraphNode[];
  readonly #weights: ReadonlySet<string>;
  readonly #results = new Map<string, Set<number>>();

  constructor(model: GraphModel) {
    const { graph, weightMap } = (model as unknown as { readonly executor: GraphExecutor }).executor;
    this.nodes = graph.nodes;
    this.inputs = graph.inputs;
    this.#inFunctions = Object.values(graph.functions ?? {}).flatMap(({ nodes }) => Object.values(nodes));
    this.#weights = new Set(Object.keys(weightMap));
    for (const name of [...Object.values(graph.nodes).flatMap(({ inputNames }) => inputNames), ...Object.keys(graph.nodes)]) {
      const { node, place } = parseName(name);
      this.#results.set(node, (this.#results.get(node) ?? new Set()).add(place));
    }
  }

  /** Whether one of these, or of the nodes in branches and bodies of loops, makes results whose size depends on data, as non-maximum suppression does. */
  chooses(asynchronous: readonly GraphNode[]): boolean {
    return [...asynchronous, ...this.#inFunctions].some(({ category }) => category === "dynamic");
  }

  /** Names of the results of a node that are read somewhere, the first included. */
  resultsOf(node: string): readonly string[] {
    return [...(this.#results.get(node) ?? [])].toSorted((a, b) => a - b).map((place) => resultName(node, place));
  }

  /** Nodes that have to run for these values, `below` and weights left out. */
  needed(values: readonly string[], below: ReadonlySet<string>): ReadonlySet<GraphNode> {
    const found = new Set<GraphNode>();
    const pending = values.flatMap((name) => this.nodes[parseName(name).node] ?? []);
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (found.has(node) || below.has(node.name) || this.#weights.has(node.name)) continue;
      found.add(node);
      pending.push(...node.inputs);
    }
    return found;
  }

  /** Names of the nodes that depend on no input, in the order in which the nodes that do use them, each behind what it is made of. */
  constantsInOrder(): readonly string[] {
    const computed = this.dependents(this.inputs);
    const fromInputs = new Set(computed);
    const found = new Set<GraphNode>();
    const opened = new Set<GraphNode>();
    for (const input of computed.flatMap(({ inputs }) => inputs)) {
      const stack = [{ node: input, isOpen: false }];
      for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
        if (top.isOpen) found.add(top.node);
        else if (!opened.has(top.node) && !fromInputs.has(top.node)) {
          opened.add(top.node);
          stack.push({ node: top.node, isOpen: true });
          for (const inner of top.node.inputs.toReversed()) stack.push({ node: inner, isOpen: false });
        }
      }
    }
    return Array.from(found, ({ name }) => name);
  }

  /** Nodes that depend on these, themselves included, each behind all that it reads of them. */
  dependents(of: readonly GraphNode[]): readonly GraphNode[] {
    const reached = new Set<GraphNode>();
    const pending = [...of];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (reached.has(node)) continue;
      reached.add(node);
      pending.push(...node.children);
    }
    const ordered = new Set<GraphNode>();
    // Loops lead back to nodes that are open: these are not gone into again.
    const opened = new Set<GraphNode>();
    const stack = [...reached].toReversed().map((node) => ({ node, isOpen: false }));
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      if (top.isOpen) ordered.add(top.node);
      else if (!opened.has(top.node)) {
        opened.add(top.node);
        stack.push({ node: top.node, isOpen: true });
        for (const input of top.node.inputs) if (reached.has(input) && !opened.has(input)) stack.push({ node: input, isOpen: false });
      }
    }
    return [...ordered];
  }
}

/** "node:1" is the second result of a node; "node" and "node:0" are the first. */
export function parseName(name: string): { readonly node: string; readonly place: number } {
  const [, node = name, place = "0"] = /^(.*):(\d+)$/.exec(name) ?? [];
  return { node, place: Number(place) };
}

export function resultName(node: string, place: number): string {
  return place === 0 ? node : `${node}:${place}`;
}
