import { io } from "@tensorflow/tfjs-core";
import { type GraphModel, loadGraphModel } from "@tensorflow/tfjs-converter";

/** A node of a TensorFlow graph: attributes as in the JSON of a GraphModel. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, object>>;
}

/** A weight, which is a Const node of the same name. */
export interface GraphWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[] | Float32Array;
  readonly dtype?: "float32" | "int32";
}

export const floatType = { T: { type: "DT_FLOAT" } } as const;

export function placeholder(name: string, shape: readonly number[]): GraphNode {
  return { name, op: "Placeholder", attr: { dtype: { type: "DT_FLOAT" }, shape: { shape: { dim: shape.map((size) => ({ size: String(size) })) } } } };
}

/** Attributes of a convolution without dilation, NHWC. */
export function convolutionAttributes(stride: number, padding: "SAME" | "VALID", fusedOps: readonly string[] = []): Readonly<Record<string, object>> {
  return {
    ...floatType,
    strides: { list: { i: ["1", String(stride), String(stride), "1"] } },
    dilations: { list: { i: ["1", "1", "1", "1"] } },
    padding: { s: base64(padding) },
    data_format: { s: base64("NHWC") },
    explicit_paddings: { list: {} },
    use_cudnn_on_gpu: { b: true },
    ...(fusedOps.length === 0 ? {} : { fused_ops: { list: { s: fusedOps.map(base64) } }, num_args: { i: "1" }, epsilon: { f: 0 } }),
  };
}

/** What the converter would have written for this graph: a model.json as an object, and its weights. */
export function graphArtifacts(nodes: readonly GraphNode[], weights: readonly GraphWeight[]): io.ModelArtifacts {
  const constants = weights.map(({ name, shape, dtype }): GraphNode => ({
    name,
    op: "Const",
    attr: {
      dtype: { type: dtype === "int32" ? "DT_INT32" : "DT_FLOAT" },
      value: { tensor: { dtype: dtype === "int32" ? "DT_INT32" : "DT_FLOAT", tensorShape: { dim: shape.map((size) => ({ size: String(size) })) } } },
    },
  }));
  const parts = weights.map(({ values, dtype }) => new Uint8Array((dtype === "int32" ? Int32Array.from(values) : Float32Array.from(values)).buffer));
  return {
    format: "graph-model",
    generatedBy: "2.0",
    convertedBy: "a test",
    modelTopology: { node: [...constants, ...nodes], library: {}, versions: { producer: 1 } },
    weightSpecs: weights.map(({ name, shape, dtype = "float32" }) => ({ name, shape: [...shape], dtype })),
    weightData: Uint8Array.from(Buffer.concat(parts)).buffer,
  };
}

export function graphModel(nodes: readonly GraphNode[], weights: readonly GraphWeight[]): Promise<GraphModel> {
  return loadGraphModel(io.fromMemory(graphArtifacts(nodes, weights)));
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
