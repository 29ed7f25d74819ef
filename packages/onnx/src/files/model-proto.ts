import { create } from "@bufbuild/protobuf";
import { type ModelProto, ModelProtoSchema, type NodeProto, type TensorProto, type ValueInfoProto } from "../gen/onnx_pb.ts";

/** The parts of a model that is written from scratch. */
export interface ModelParts {
  /** In topological order. */
  readonly nodes: readonly NodeProto[];
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
  readonly initializers?: readonly TensorProto[];
  /** Version of ONNX's own operators; default 18. */
  readonly opset?: number;
  /** Versions of other domains, by name. */
  readonly domains?: Readonly<Record<string, number>>;
  /** Name of the graph; default "graph". */
  readonly name?: string;
}

/** Model format versions go with opsets; 8 is the first that knows opset 18, and older engines refuse newer ones. */
const IR_VERSIONS: readonly (readonly [opset: number, irVersion: bigint])[] = [
  [25, 13n],
  [24, 12n],
  [23, 11n],
  [21, 10n],
  [19, 9n],
  [15, 8n],
  [0, 7n],
];

/** A model of these nodes. */
export function modelProto(parts: ModelParts): ModelProto {
  const { nodes, inputs, outputs, initializers = [], opset = 18, domains = {}, name = "graph" } = parts;
  return create(ModelProtoSchema, {
    irVersion: IR_VERSIONS.find(([oldest]) => opset >= oldest)?.[1] ?? 8n,
    producerName: "xdeep",
    opsetImport: [{ domain: "", version: BigInt(opset) }, ...Object.entries(domains).map(([domain, version]) => ({ domain, version: BigInt(version) }))],
    graph: { name, node: [...nodes], input: [...inputs], output: [...outputs], initializer: [...initializers] },
  });
}
