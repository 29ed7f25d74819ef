import { describe, expect, it } from "vitest";
import { GraphBuilder } from "./graph-builder.ts";
import type { NodeWriterOptions, Value } from "./node-writer.ts";
import { DEFAULT_LIMITS } from "../files/limits.ts";
import { nodeProto } from "./node.ts";

const x = (...dims: (number | string)[]): Value => ({ name: "x", facts: { type: "float32", dims } });
const builder = (limits: Partial<NonNullable<NodeWriterOptions["limits"]>> = {}): GraphBuilder =>
  new GraphBuilder({ opset: 18, taken: new Set(["x"]), limits: { ...DEFAULT_LIMITS, ...limits } });

describe("repeat", () => {
  it("infers a grouped convolution with its attributes", () => {
    const g = builder();
    const weights: Value = { name: "w", facts: { type: "float32", dims: [6, 1, 3, 3] } };
    const node = nodeProto("Conv", ["a", "b"], ["c"], { group: 2, strides: [2, 2] });
    const [copy] = g.repeat(node, [x("N", 2, 9, 9), weights]);
    expect(copy?.facts.dims).toEqual(["N", 6, 4, 4]);
    expect(g.nodes).toHaveLength(1);
  });

  it("lets given attributes replace the node's own", () => {
    const g = builder();
    const [copy] = g.repeat(nodeProto("Softmax", ["a"], ["b"], { axis: 1 }), [x(2, 3)], { axis: 0 });
    expect(g.nodes[0]?.attribute.map(({ i }) => i)).toEqual([0n]);
    expect(copy?.facts.dims).toEqual([2, 3]);
  });
});

describe("sum", () => {
  it("adds every term once, however many there are, in nodes of few inputs", () => {
    const g = builder();
    const terms = Array.from({ length: 1000 }, (_, i): Value => ({ name: `t${i}`, facts: { type: "float32", dims: [2] } }));
    const total = g.sum(terms);
    const inputs = new Map(g.nodes.map(({ input, output }) => [output[0]!, input]));
    const leaves = (name: string): readonly string[] => inputs.get(name)?.flatMap(leaves) ?? [name];
    expect(leaves(total.name)).toEqual(terms.map(({ name }) => name));
    expect(total.facts.dims).toEqual([2]);
    for (const list of inputs.values()) expect(list.length).toBeLessThanOrEqual(256);
  });
});

describe("limits", () => {
  it("refuse a constant before memory is taken for it", () => {
    expect(() => builder().table("float32", [2 ** 20, 2 ** 20], () => 1)).toThrow(/limits\.constantElements/);
    expect([...(builder().table("int64", [2, 2], (at) => at).facts.constant?.data ?? [])]).toEqual([0n, 1n, 2n, 3n]);
  });

  it("count the nodes of a gradient, in subgraphs too", () => {
    const g = builder({ nodes: 1 });
    for (let i = 0; i < 3; i += 1) g.subgraph().relu(x(1));
    g.relu(x(1));
    expect(() => g.relu(x(1))).toThrow(/5 nodes of a gradient.*limits\.nodes/);
  });

  it("count what a gradient computes", () => {
    const g = builder({ valueElements: 100 });
    g.relu(x("N", 60));
    expect(() => g.relu(x("N", 60))).toThrow(/120 elements of a gradient.*limits\.valueElements/);
  });
});

it("names in one scope take no longer the more there are", () => {
  const g = builder({ nodes: 1e6 });
  const started = performance.now();
  for (let i = 0; i < 30_000; i += 1) g.freshName("n");
  expect(performance.now() - started).toBeLessThan(15_000);
  expect(g.freshName("n")).toBe("n_30000");
});

it("names made of names end at a length", () => {
  const g = builder();
  let name = "v";
  for (let depth = 0; depth < 64; depth += 1) name = g.freshName(`${name}/${name}`);
  expect(name.length).toBeLessThan(600);
});
