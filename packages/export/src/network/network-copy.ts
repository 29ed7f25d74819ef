import { type GradientOptions, type TypedGraph, backwardRules, differentiateGraph, exposing } from "@xdeep/autodiff";
import { type Facts, type GraphBuilder, type GraphProto, type NodeProto, type Value, renameNode, unknownFacts, withFields } from "@xdeep/onnx";

/** Values that a copy of the network is fed with, by the names of its inputs, or of inner values from which on it runs. */
export type Feeds = ReadonlyMap<string, Value>;

/** How gradients are written: rules, and the forms of them that an engine runs faster. */
export type GradientForms = Pick<GradientOptions, "rules" | "lowerings">;

/** What a copy is made of. */
export interface CopyParts extends GradientForms {
  readonly graph: TypedGraph;
  readonly feeds: Feeds;
  /** In front of the names of its values; "" for the copy that keeps the network's own. */
  readonly prefix: string;
  readonly g: GraphBuilder;
}

/** How a pass backward goes. */
export interface PassBackward extends Pick<GradientOptions, "rule" | "rectifiers"> {
  /** x′ by the names of fed values, for rules that compare two runs. */
  readonly references?: ReadonlyMap<string, Value> | undefined;
}

/** The network at some points, with the gradients that were asked for there: they share one forward pass. */
export class NetworkCopy {
  readonly isOriginal: boolean;
  readonly #parts: CopyParts;
  readonly #initializers: ReadonlySet<string>;
  /** Where the node that makes a value stands among the builder's, by the value's new name. */
  readonly #written = new Map<string, number>();
  #gradients = 0;

  constructor(parts: CopyParts) {
    this.isOriginal = parts.prefix === "";
    this.#parts = parts;
    this.#initializers = new Set(parts.graph.graph.initializer.map(({ name }) => name));
  }

  /** A value of the network at these points. */
  value(name: string): Value {
    return { name: this.#renamed(name), facts: this.#facts(this.#parts.graph.facts.get(name)) };
  }

  /** ȳᵀ ∂y/∂x of the value `of`, by the names of `wrt`. */
  gradient(of: string, cotangent: Value, wrt: readonly string[], { references, ...options }: PassBackward): ReadonlyMap<string, Value> {
    const { graph, rules, lowerings, g } = this.#parts;
    const exposed = exposing(graph, [of]);
    const written = differentiateGraph(exposed, { ...options, of, wrt, rules, lowerings, backwardRules });
    const compared = new Map(Object.entries(written.references).map(([input, name]) => [name, references?.get(input)?.name]));
    const own = graph.facts;
    const prefix = `${this.#parts.prefix}gradient_${++this.#gradients}/`;
    const rename = (name: string): string => {
      if (name === "" || own.has(name)) return this.#renamed(name);
      return name === written.cotangent ? cotangent.name : (compared.get(name) ?? `${prefix}${name}`);
    };
    this.#inline(written.model.graph!, rename);
    const added = written.model.graph!.initializer.filter(({ name }) => !own.has(name));
    g.append(
      [],
      added.map((tensor) => withFields(tensor, { name: rename(tensor.name) })),
    );
    return new Map(wrt.map((name) => [name, { name: rename(written.gradients[name]!), facts: this.#facts(own.get(name)) }]));
  }

  /** Writes the forward pass, as far as gradients have not. What nobody reads is left out when the file is put together. */
  finish(): void {
    this.#inline(this.#parts.graph.graph, (name) => this.#renamed(name));
  }

  #renamed(name: string): string {
    if (name === "" || this.#initializers.has(name)) return name;
    return this.#parts.feeds.get(name)?.name ?? `${this.#parts.prefix}${name}`;
  }

  /** Away from the input the names of sizes mean others: a size that is open there is unknown here. */
  #facts(facts: Facts = unknownFacts): Facts {
    if (this.isOriginal) return facts;
    return { type: facts.type, dims: facts.dims?.map((dim) => (typeof dim === "number" ? dim : null)) ?? null };
  }

  #inline({ node }: GraphProto, rename: (name: string) => string): void {
    for (const each of node) this.#write(renameNode(each, rename, "copy"));
  }

  /** A node that stands there already is left out; one that has more outputs than before takes its place. */
  #write(node: NodeProto): void {
    const { nodes } = this.#parts.g;
    const made = node.output.filter((name) => name !== "");
    const known = made.filter((name) => this.#written.has(name));
    if (known.length === made.length) return;
    const place = known.length === 0 ? undefined : this.#written.get(known[0]!)!;
    const before = place === undefined ? undefined : nodes[place]!;
    const isExtended = before !== undefined && before.opType === node.opType && before.output.every((name, i) => name === "" || name === node.output[i]);
    if (isExtended) nodes[place!] = node;
    else {
      // What another form of the same forward pass made already stays: this node's own result of it is not read.
      const output = node.output.map((name) => (known.includes(name) ? this.#parts.g.freshName(name) : name));
      this.#parts.g.append([withFields(node, { output })]);
    }
    for (const name of made) if (!this.#written.has(name)) this.#written.set(name, isExtended ? place! : nodes.length - 1);
  }
}
