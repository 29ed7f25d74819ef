import { graphProto, modelProto, nodeProto, tensorProto, valueInfoProto, withFields, writeModel } from "@xdeep/onnx";

const float = (name, dims) => valueInfoProto(name, "float32", dims);
const ints = (name, values, dims = [values.length]) => tensorProto(name, { type: "int64", dims, data: BigInt64Array.from(values, BigInt) });
const floats = (name, dims, start = 0) =>
  tensorProto(name, { type: "float32", dims, data: Float32Array.from({ length: dims.reduce((size, dim) => size * dim, 1) }, (_, i) => Math.sin(start + i)) });
const branch = (nodes, outputs = [float("b", null)]) => graphProto({ nodes, inputs: [], outputs, name: "branch" });

/** Small models of what the other files have little of: control flow, recurrence, functions, shape arithmetic, old operator sets, sparse weights. */
export function smallModels() {
  return Object.entries(models()).map(([name, model]) => ({ name, bytes: writeModel(model) }));
}

function of(nodes, { inputs = [float("x", ["N", 4])], initializers = [], ...rest } = {}) {
  return modelProto({ nodes, inputs, outputs: [float("y", null)], initializers, ...rest });
}

function models() {
  return {
    if: of([
      nodeProto("ReduceMax", ["x"], ["m"], { keepdims: 0 }),
      nodeProto("Cast", ["m"], ["c"], { to: 9 }),
      nodeProto("If", ["c"], ["y"], { then_branch: branch([nodeProto("Relu", ["x"], ["b"])]), else_branch: branch([nodeProto("Exp", ["x"], ["b"])]) }),
    ]),
    loop: of([nodeProto("Loop", ["count", "", "x"], ["last", "y"], { body: loopBody() })], { initializers: [ints("count", [3], []), floats("w", [4, 4])] }),
    scan: of([nodeProto("Scan", ["zero", "steps"], ["last", "y"], { body: scanBody(), num_scan_inputs: 1 })], {
      inputs: [float("steps", [5, 4])],
      initializers: [floats("zero", [4])],
    }),
    lstm: of([nodeProto("LSTM", ["x", "w", "r", "b"], ["all", "", "y"], { hidden_size: 3 })], {
      inputs: [float("x", [2, "N", 4])],
      initializers: [floats("w", [1, 12, 4]), floats("r", [1, 12, 3]), floats("b", [1, 24])],
    }),
    "gru both ways": of([nodeProto("GRU", ["x", "w", "r"], ["y"], { hidden_size: 2, direction: "bidirectional", linear_before_reset: 1 })], {
      inputs: [float("x", [3, "N", 4])],
      initializers: [floats("w", [2, 6, 4]), floats("r", [2, 6, 2])],
    }),
    "shape arithmetic": of(
      [
        nodeProto("Shape", ["x"], ["shape"]),
        nodeProto("Gather", ["shape", "zero"], ["n"]),
        nodeProto("Unsqueeze", ["n", "axes"], ["n1"]),
        nodeProto("Concat", ["n1", "rest"], ["target"], { axis: 0 }),
        nodeProto("Reshape", ["x", "target"], ["wide"]),
        nodeProto("Expand", ["wide", "shape2"], ["big"]),
        nodeProto("Slice", ["big", "from", "to", "axes2"], ["cut"]),
        nodeProto("Tile", ["cut", "times"], ["tiled"]),
        nodeProto("Pad", ["tiled", "pads"], ["padded"]),
        nodeProto("ReduceMean", ["padded", "axes2"], ["y"], { keepdims: 0 }),
      ],
      {
        initializers: [
          ints("zero", [0], []),
          ints("axes", [0]),
          ints("rest", [2, 2]),
          ints("shape2", [1, 2, 2]),
          ints("from", [0]),
          ints("to", [2]),
          ints("axes2", [2]),
          ints("times", [1, 2, 1]),
          ints("pads", [0, 1, 0, 0, 0, 1]),
        ],
      },
    ),
    "made constants": of(
      [
        nodeProto("ConstantOfShape", ["size"], ["ones"], { value: floats("", [1], 1) }),
        nodeProto("Range", ["a", "b", "c"], ["steps"]),
        nodeProto("OneHot", ["which", "depth", "values"], ["hot"]),
        nodeProto("EyeLike", ["hot"], ["eye"]),
        nodeProto("Add", ["x", "ones"], ["s1"]),
        nodeProto("Add", ["s1", "steps"], ["s2"]),
        nodeProto("MatMul", ["s2", "eye"], ["y"]),
      ],
      {
        initializers: [
          ints("size", [4]),
          ...["a", "b", "c"].map((name, i) => tensorProto(name, { type: "float32", dims: [], data: Float32Array.of([0, 4, 1][i]) })),
          ints("which", [0, 1, 2, 3]),
          ints("depth", [4], []),
          floats("values", [2]),
        ],
      },
    ),
    pictures: of(
      [
        nodeProto("Conv", ["x", "k", "b"], ["c1"], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] }),
        nodeProto("BatchNormalization", ["c1", "s", "b", "b", "s"], ["n1"]),
        nodeProto("Relu", ["n1"], ["r1"]),
        nodeProto("MaxPool", ["r1"], ["p1"], { kernel_shape: [2, 2], strides: [2, 2] }),
        nodeProto("ConvTranspose", ["p1", "t"], ["u1"], { strides: [2, 2] }),
        nodeProto("Resize", ["u1", "", "", "sizes"], ["z1"], { mode: "linear" }),
        nodeProto("AveragePool", ["z1"], ["a1"], { kernel_shape: [2, 2], auto_pad: "SAME_UPPER" }),
        nodeProto("LpPool", ["a1"], ["l1"], { kernel_shape: [2, 2] }),
        nodeProto("Flatten", ["l1"], ["f1"]),
        nodeProto("Softmax", ["f1"], ["y"], { axis: 1 }),
      ],
      {
        inputs: [float("x", ["N", 3, 8, 8])],
        initializers: [
          floats("k", [4, 3, 3, 3]),
          floats("b", [4]),
          tensorProto("s", { type: "float32", dims: [4], data: Float32Array.of(1, 2, 3, 4) }),
          floats("t", [4, 2, 2, 2]),
          ints("sizes", [1, 2, 6, 6]),
        ],
      },
    ),
    regions: of(
      [
        nodeProto("RoiAlign", ["x", "boxes", "which"], ["r"], { output_height: 2, output_width: 3, sampling_ratio: 2 }),
        nodeProto("GridSample", ["r", "grid"], ["y"]),
      ],
      {
        inputs: [float("x", [1, 2, 6, 6])],
        initializers: [
          tensorProto("boxes", { type: "float32", dims: [1, 4], data: Float32Array.of(0, 0, 4, 4) }),
          ints("which", [0]),
          floats("grid", [1, 2, 2, 2]),
        ],
      },
    ),
    selections: of(
      [
        nodeProto("TopK", ["x", "k"], ["top", "at"], { axis: 1 }),
        nodeProto("GatherElements", ["x", "at"], ["same"], { axis: 1 }),
        nodeProto("ScatterElements", ["x", "at", "top"], ["s"], { axis: 1 }),
        nodeProto("Split", ["s"], ["l", "r"], { axis: 1, num_outputs: 2 }),
        nodeProto("Where", ["flag", "l", "r"], ["w"]),
        nodeProto("Det", ["square"], ["d"]),
        nodeProto("Einsum", ["w", "l"], ["e"], { equation: "ni,ni->n" }),
        nodeProto("Unsqueeze", ["e", "one"], ["e1"]),
        nodeProto("CumSum", ["e1", "axis"], ["c"]),
        nodeProto("Mul", ["c", "d"], ["y"]),
      ],
      {
        initializers: [
          ints("k", [2]),
          tensorProto("flag", { type: "bool", dims: [2], data: Uint8Array.of(1, 0) }),
          floats("square", [3, 3]),
          ints("one", [1]),
          ints("axis", [0], []),
        ],
      },
    ),
    functions: withFunctions(),
    "an old operator set": of(
      [
        nodeProto("Pad", ["x"], ["p"], { pads: [0, 0, 1, 1, 0, 0, 1, 1], mode: "reflect" }),
        nodeProto("Upsample", ["p", "scales"], ["u"], { mode: "nearest" }),
        nodeProto("ReduceSum", ["u"], ["r"], { axes: [2, 3], keepdims: 0 }),
        nodeProto("Softmax", ["r"], ["s"], { axis: 1 }),
        nodeProto("Clip", ["s"], ["c"]),
        nodeProto("Dropout", ["c"], ["y"]),
      ],
      {
        inputs: [float("x", ["N", 2, 4, 4])],
        initializers: [tensorProto("scales", { type: "float32", dims: [4], data: Float32Array.of(1, 1, 2, 2) })],
        opset: 9,
      },
    ),
    "a sparse weight": withSparseWeight(),
  };
}

function loopBody() {
  return graphProto({
    nodes: [
      nodeProto("Identity", ["go"], ["on"]),
      nodeProto("MatMul", ["s", "w"], ["p"]),
      nodeProto("Tanh", ["p"], ["t"]),
      nodeProto("Identity", ["t"], ["out"]),
    ],
    inputs: [valueInfoProto("i", "int64", []), valueInfoProto("go", "bool", []), float("s", ["N", 4])],
    outputs: [valueInfoProto("on", "bool", []), float("t", ["N", 4]), float("out", ["N", 4])],
    name: "body",
  });
}

function scanBody() {
  return graphProto({
    nodes: [nodeProto("Add", ["s", "e"], ["sum"]), nodeProto("Sigmoid", ["sum"], ["next"]), nodeProto("Mul", ["next", "e"], ["out"])],
    inputs: [float("s", [4]), float("e", [4])],
    outputs: [float("next", [4]), float("out", [4])],
    name: "body",
  });
}

function withFunctions() {
  const model = of([nodeProto("Twice", ["x"], ["h"], { slope: 2 }, { domain: "local" }), nodeProto("Twice", ["h"], ["y"], {}, { domain: "local" })], {
    domains: { local: 1 },
  });
  const body = [nodeProto("Once", ["a"], ["t"], {}, { domain: "local" }), nodeProto("Once", ["t"], ["b"], {}, { domain: "local" })];
  const imports = model.opsetImport;
  const proto = (name, node) => ({
    $typeName: "onnx.FunctionProto",
    name,
    domain: "local",
    overload: "",
    docString: "",
    input: ["a"],
    output: ["b"],
    attribute: [],
    attributeProto: [],
    node,
    opsetImport: imports,
    valueInfo: [],
    metadataProps: [],
  });
  return withFields(model, { irVersion: 10n, functions: [proto("Twice", body), proto("Once", [nodeProto("Tanh", ["a"], ["b"])])] });
}

function withSparseWeight() {
  const model = of([nodeProto("MatMul", ["x", "w"], ["y"])]);
  const sparse = { $typeName: "onnx.SparseTensorProto", dims: [4n, 3n], values: floats("w", [3], 1), indices: ints("", [0, 5, 11]) };
  return withFields(model, { graph: withFields(model.graph, { sparseInitializer: [sparse] }) });
}
