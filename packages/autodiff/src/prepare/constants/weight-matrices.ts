import { fromFloat64, toFloat64 } from "@xdeep/core/backend";
import {
  Attributes,
  type ConstantTensor,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  namesOfGraph,
  nodeProto,
  takeName,
  tensorData,
  tensorProto,
  withFields,
} from "@xdeep/onnx";

/**
 * The graph with MatMulNBits of com.microsoft as MatMul, by weights that are written out in the type of their scales: 8 times the memory of 4 bits. Nodes
 * whose weights are computed, or have another form than ONNX Runtime documents, stay as they are.
 */
export function weightMatrices(graph: GraphProto): GraphProto {
  if (!graph.node.some(isPacked)) return graph;
  const stored = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const taken = namesOfGraph(graph);
  const written: TensorProto[] = [];
  const node = graph.node.flatMap((each) => {
    const weights = isPacked(each) ? unpacked(each, stored) : null;
    if (weights === null) return [each];
    const [x = "", , , , , bias = ""] = each.input;
    const [y = ""] = each.output;
    const name = takeName(taken, `${each.input[1]}/matrix`);
    written.push(tensorProto(name, weights));
    const product = bias === "" ? y : takeName(taken, `${y}/product`);
    const nodes = [nodeProto("MatMul", [x, name], [product], {}, { name: each.name || y })];
    return bias === "" ? nodes : [...nodes, nodeProto("Add", [product, bias], [y], {}, { name: y })];
  });
  return withFields(graph, { node, initializer: [...graph.initializer, ...written] });
}

function isPacked({ opType, domain }: NodeProto): boolean {
  return opType === "MatMulNBits" && domain === "com.microsoft";
}

/** The matrix [K, N] of weights (q − zero point) · scale: q of `bits` bits, the low ones first, in blocks along K, which lie column by column. */
function unpacked(node: NodeProto, stored: ReadonlyMap<string, TensorProto>): ConstantTensor | null {
  const [, packed, scaled, shifted, group = ""] = node.input.map((name) => (name === "" ? null : (stored.get(name) ?? null)));
  const attributes = new Attributes(node);
  const [rows, columns, bits, block] = [attributes.int("K", 0), attributes.int("N", 0), attributes.int("bits", 4), attributes.int("block_size", 0)];
  const isKnown = packed != null && scaled != null && ((node.input[3] ?? "") === "") === (shifted == null) && group === "";
  if (!isKnown || ![2, 4, 8].includes(bits) || block < 1 || rows < 1 || columns < 1) return null;
  const blocks = Math.ceil(rows / block);
  const bytes = tensorData(packed).data as Uint8Array;
  const scales = tensorData(scaled);
  if (packed.dataType !== 2 || bytes.length !== (columns * blocks * block * bits) / 8 || scales.data.length !== columns * blocks) return null;
  const zeros = zeroPoints(shifted ?? null, { columns, blocks, bits });
  if (zeros === null) return null;
  const factors = toFloat64(scales);
  const matrix = new Float64Array(rows * columns);
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      const at = column * blocks + Math.floor(row / block);
      matrix[row * columns + column] = (bitsAt(bytes, column * blocks * block + row, bits) - zeros(column, Math.floor(row / block))) * factors[at]!;
    }
  }
  return fromFloat64(scales.type, [rows, columns], matrix) as ConstantTensor;
}

interface Layout {
  readonly columns: number;
  readonly blocks: number;
  readonly bits: number;
}

/** The zero point of a block of a column: packed, each column from a byte of its own, or a number of the scales' type; half of the range where there is none. */
function zeroPoints(stored: TensorProto | null, { columns, blocks, bits }: Layout): ((column: number, block: number) => number) | null {
  if (stored === null) return () => 2 ** (bits - 1);
  const tensor = tensorData(stored);
  if (tensor.type === "uint8") {
    const stride = Math.ceil((blocks * bits) / 8);
    return tensor.data.length === columns * stride ? (column, block) => bitsAt(tensor.data, (column * stride * 8) / bits + block, bits) : null;
  }
  const values = toFloat64(tensor);
  return values.length === columns * blocks ? (column, block) => values[column * blocks + block]! : null;
}

/** The number of so many bits at an index. */
function bitsAt(bytes: Uint8Array, index: number, bits: number): number {
  const perByte = 8 / bits;
  return (bytes[Math.floor(index / perByte)]! >> ((index % perByte) * bits)) & (2 ** bits - 1);
}
