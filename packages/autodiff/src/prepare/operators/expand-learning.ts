import {
  Attributes,
  type AttributeValue,
  type ConstantTensor,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  namesOfGraph,
  nodeProto,
  takeName,
  tensorProto,
  withFields,
} from "@xdeep/onnx";

const DOMAIN = "ai.onnx.ml";

/**
 * The graph with the smooth operators of ai.onnx.ml written in those of ONNX: what scikit-learn's scalers, linear models and imputers are exported as.
 * Values keep their names. Forms that are not known stay as they are, and so do trees, whose scores are steps, and support vector machines.
 */
export function expandLearning(graph: GraphProto): GraphProto {
  if (!graph.node.some(({ domain }) => domain === DOMAIN)) return graph;
  const writer = new Writer(namesOfGraph(graph));
  for (const node of graph.node) {
    const expand = node.domain === DOMAIN && Object.hasOwn(EXPANSIONS, node.opType) ? EXPANSIONS[node.opType] : undefined;
    if (expand === undefined || !expand(node, new Attributes(node), writer)) writer.nodes.push(node);
  }
  return withFields(graph, { node: writer.nodes, initializer: [...graph.initializer, ...writer.initializers] });
}

/** Writes what computes the node's result; false where its form is not known. */
type Expansion = (node: NodeProto, attributes: Attributes, writer: Writer) => boolean;

const EXPANSIONS: Readonly<Record<string, Expansion>> = {
  /** X[:, Y] */
  ArrayFeatureExtractor({ input: [x = "", indices = ""], output: [result = ""] }, _, writer) {
    writer.write("Gather", [x, writer.write("Reshape", [indices, writer.ints([-1])])], { axis: -1 }, result);
    return true;
  },
  /** 1 above the threshold, else 0 */
  Binarizer({ input: [x = ""], output: [result = ""] }, attributes, writer) {
    writer.write("Cast", [writer.write("Greater", [writer.float(x), writer.floats([attributes.float("threshold", 0)])])], { to: 1 }, result);
    return true;
  },
  /** A value in place of what is missing, one for all features or one for each */
  Imputer({ input: [x = ""], output: [result = ""] }, attributes, writer) {
    const values = attributes.floats("imputed_value_floats");
    if (values === undefined) return false;
    const missing = attributes.float("replaced_value_float", 0);
    const isMissing = Number.isNaN(missing) ? writer.write("IsNaN", [x]) : writer.write("Equal", [x, writer.floats([missing])]);
    writer.write("Where", [isMissing, writer.floats(values), x], {}, result);
    return true;
  },
  /** (X − offset) scale */
  Scaler({ input: [x = ""], output: [result = ""] }, attributes, writer) {
    const centred = writer.write("Sub", [writer.float(x), writer.floats(attributes.floats("offset", [0]))]);
    writer.write("Mul", [centred, writer.floats(attributes.floats("scale", [1]))], {}, result);
    return true;
  },
  /** X / |X|, rows of zeros as they are */
  Normalizer({ input: [x = ""], output: [result = ""] }, attributes, writer) {
    const name = attributes.string("norm", "MAX");
    const norm = Object.hasOwn(NORMS, name) ? NORMS[name] : undefined;
    if (norm === undefined) return false;
    const values = writer.float(x);
    const size = writer.write(norm, [values, writer.ints([-1])]);
    const isZero = writer.write("Equal", [size, writer.floats([0])]);
    writer.write("Div", [values, writer.write("Where", [isZero, writer.floats([1]), size])], {}, result);
    return true;
  },
  /** X coefficientsᵀ + intercepts */
  LinearRegressor({ input: [x = ""], output: [result = ""] }, attributes, writer) {
    const targets = attributes.int("targets", 1);
    return linear(x, targets, attributes, writer, result);
  },
  /** The same, of each class; the label stays with the operator. */
  LinearClassifier(node, attributes, writer) {
    const [x = ""] = node.input;
    const [label = "", scores = ""] = node.output;
    const classes = (attributes.ints("classlabels_ints") ?? attributes.strings("classlabels_strings") ?? []).length;
    if (scores === "" || classes < 2 || attributes.floats("intercepts", []).length !== classes || !linear(x, classes, attributes, writer, scores)) return false;
    if (label !== "") writer.nodes.push(withFields(node, { output: [label, writer.fresh(`${label}/scores`)] }));
    return true;
  },
};

const NORMS: Readonly<Record<string, string>> = { L1: "ReduceL1", L2: "ReduceL2", MAX: "ReduceMax" };

/** The activation behind a linear model, and its attributes. */
const TRANSFORMS: Readonly<Record<string, readonly [op: string, attributes: Readonly<Record<string, AttributeValue>>]>> = {
  LOGISTIC: ["Sigmoid", {}],
  SOFTMAX: ["Softmax", { axis: -1 }],
};

function linear(x: string, results: number, attributes: Attributes, writer: Writer, result: string): boolean {
  const coefficients = attributes.floats("coefficients", []);
  const intercepts = attributes.floats("intercepts", Array<number>(results).fill(0));
  const transform = attributes.string("post_transform", "NONE");
  const activation = Object.hasOwn(TRANSFORMS, transform) ? TRANSFORMS[transform] : undefined;
  if (activation === undefined && transform !== "NONE") return false;
  if (coefficients.length === 0 || coefficients.length % results !== 0 || intercepts.length !== results) return false;
  const weights = writer.floats(coefficients, [results, coefficients.length / results]);
  const score = activation === undefined ? result : writer.fresh(`${result}/logits`);
  writer.write("Gemm", [writer.float(x), weights, writer.floats(intercepts)], { transB: 1 }, score);
  if (activation !== undefined) writer.write(activation[0], [score], activation[1], result);
  return true;
}

/** What is written here of operators whose result is float32 only where x is. */
const KEEPS_TYPE: ReadonlySet<string> = new Set(["Equal", "Gather", "Greater", "IsNaN", "Reshape", "Where"]);

/** Writes nodes and constants under names that are free. */
class Writer {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly #taken: Set<string>;
  readonly #floats = new Set<string>();

  constructor(taken: Set<string>) {
    this.#taken = taken;
  }

  fresh(hint: string): string {
    return takeName(this.#taken, hint);
  }

  write(op: string, inputs: readonly string[], attributes: Readonly<Record<string, AttributeValue>> = {}, result = this.fresh(`${inputs[0]}/${op}`)): string {
    this.nodes.push(nodeProto(op, inputs, [result], attributes, { name: result }));
    if (!KEEPS_TYPE.has(op)) this.#floats.add(result);
    return result;
  }

  /** A value as float32: the operators of ai.onnx.ml take integers and float64 too, and make float32 of them. */
  float(x: string): string {
    return this.#floats.has(x) ? x : this.write("Cast", [x], { to: 1 });
  }

  floats(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.#constant({ type: "float32", dims, data: Float32Array.from(values) });
  }

  ints(values: readonly number[]): string {
    return this.#constant({ type: "int64", dims: [values.length], data: BigInt64Array.from(values, BigInt) });
  }

  #constant(tensor: ConstantTensor): string {
    const name = this.fresh("constant");
    this.initializers.push(tensorProto(name, tensor));
    return name;
  }
}
