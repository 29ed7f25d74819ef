import { graphProto, mapGraphs, nodeProto, opVersions, tensorProto, valueInfoProto, withFields } from "@xdeep/onnx";

const OPERATORS = Object.keys(opVersions);
const SIZES = [0, 1, 2, 3, 5, 16, 257, 4096, 2 ** 20, 2 ** 31, 2 ** 40, -1];

const CHANGES = [
  rewire,
  rewire,
  loop,
  duplicate,
  drop,
  swapOperators,
  otherOperator,
  dims,
  dims,
  elementType,
  shapeConstant,
  shapeConstant,
  opset,
  wrapInIf,
  outputOfInner,
  moveInitializer,
  shuffle,
];

/** Changes what the nodes of a model do with its values, in place. */
export function mutateGraph(model, random) {
  for (let changes = 1 + random.below(3); changes > 0; changes -= 1) random.pick(CHANGES)(model.graph, random, model);
}

function namesOf(graph) {
  return [...graph.input.map(({ name }) => name), ...graph.initializer.map(({ name }) => name), ...graph.node.flatMap(({ output }) => output)].filter(
    (name) => name !== "",
  );
}

function anyNode(graph, random) {
  return graph.node.length === 0 ? undefined : random.pick(graph.node);
}

function rewire(graph, random) {
  const node = anyNode(graph, random);
  if (node !== undefined && node.input.length > 0) node.input[random.below(node.input.length)] = random.chance(0.15) ? "" : random.pick(namesOf(graph));
}

/** A node that reads its own output. */
function loop(graph, random) {
  const node = anyNode(graph, random);
  if (node !== undefined && node.input.length > 0 && random.chance(0.5)) node.input[random.below(node.input.length)] = node.output[0] ?? "";
}

function duplicate(graph, random) {
  const node = anyNode(graph, random);
  if (node === undefined) return;
  const renamed = withFields(node, {
    name: `${node.name}_copy`,
    output: node.output.map((name) => (name === "" ? "" : `${name}_copy`)),
    input: [...node.input],
  });
  graph.node.splice(random.below(graph.node.length), 0, random.chance(0.2) ? node : renamed);
}

function drop(graph, random) {
  if (graph.node.length > 1) graph.node.splice(random.below(graph.node.length), 1);
}

function swapOperators(graph, random) {
  const [a, b] = [anyNode(graph, random), anyNode(graph, random)];
  if (a !== undefined && b !== undefined) [a.opType, b.opType] = [b.opType, a.opType];
}

function otherOperator(graph, random) {
  const node = anyNode(graph, random);
  if (node !== undefined) node.opType = random.pick(OPERATORS);
}

function dims(graph, random) {
  const list = [...graph.input, ...graph.output, ...graph.valueInfo];
  const shape = list.length === 0 ? undefined : random.pick(list).type?.value?.value?.shape;
  if (shape === undefined || shape.dim === undefined || shape.dim.length === 0) return;
  if (random.chance(0.2)) shape.dim.pop();
  else
    random.pick(shape.dim).value = random.chance(0.4)
      ? { case: "dimParam", value: random.pick(["N", "M", "{N+1}", "a'b", ""]) }
      : { case: "dimValue", value: BigInt(random.pick(SIZES)) };
}

function elementType(graph, random) {
  const list = [...graph.input, ...graph.output];
  const value = list.length === 0 ? undefined : random.pick(list).type?.value;
  if (value?.case === "tensorType") value.value.elemType = 1 + random.below(16);
}

/** Sizes that files choose: shapes, axes, pads, repeats. */
function shapeConstant(graph, random) {
  const constants = graph.initializer.filter(({ dataType, dims: own }) => dataType === 7 && own.length <= 1);
  if (constants.length === 0) return;
  const at = graph.initializer.indexOf(random.pick(constants));
  const old = graph.initializer[at];
  const length = Math.max(1, Number(old.dims[0] ?? 1n));
  if (length > 16) return;
  const values = Array.from({ length }, () => BigInt(random.pick(SIZES)));
  graph.initializer[at] = tensorProto(old.name, { type: "int64", dims: old.dims.map(Number), data: BigInt64Array.from(values) });
}

function opset(_, random, model) {
  const entry = model.opsetImport[0];
  if (entry !== undefined) entry.version = BigInt(random.pick([1, 5, 6, 8, 10, 11, 12, 13, 17, 18, 21, 24, 28, 99, 0]));
}

function wrapInIf(graph, random) {
  const node = anyNode(graph, random);
  if (node === undefined || node.output.length !== 1 || graph.node.length > 200) return;
  const branch = (inner) => graphProto({ nodes: [inner], inputs: [], outputs: [valueInfoProto(`${node.output[0]}_inner`, "float32", null)], name: "branch" });
  const inside = withFields(node, { output: [`${node.output[0]}_inner`] });
  const condition = random.pick(namesOf(graph));
  graph.node.splice(
    graph.node.indexOf(node),
    1,
    nodeProto("If", [condition], [...node.output], {
      then_branch: branch(inside),
      else_branch: branch(random.chance(0.5) ? inside : nodeProto("Identity", [node.input[0] ?? ""], inside.output)),
    }),
  );
}

function outputOfInner(graph, random) {
  const node = anyNode(graph, random);
  if (node !== undefined && node.output[0] && graph.output.length > 0)
    graph.output[random.below(graph.output.length)] = valueInfoProto(node.output[0], "float32", null);
}

function moveInitializer(graph, random) {
  if (graph.initializer.length === 0) return;
  const [tensor] = graph.initializer.splice(random.below(graph.initializer.length), 1);
  if (random.chance(0.5)) graph.input.push(valueInfoProto(tensor.name, tensor.dataType === 7 ? "int64" : "float32", tensor.dims.map(Number)));
}

function shuffle(graph, random) {
  const node = anyNode(graph, random);
  if (node === undefined) return;
  const inner = node.attribute.find(({ g }) => g !== undefined);
  if (inner !== undefined) mapGraphs(inner, (body) => (mutateBody(body, random), body));
  else graph.node.sort(() => random.below(3) - 1);
}

function mutateBody(body, random) {
  random.pick([rewire, drop, duplicate, loop, dims, swapOperators])(body, random);
}
