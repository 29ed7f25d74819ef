import type { FloatTensor } from "@xdeep/core";
import { type ModelProto, type ValueInfoProto, float, modelProto, nodeProto, valueInfoProto, withFields } from "@xdeep/onnx";
import { functionProto, intList, randomTensor, weights } from "./small-models.ts";

const image = randomTensor(41, [2, 3, 6, 6]);
const nhwc = randomTensor(42, [2, 6, 6, 3]);
const row = randomTensor(43, [2, 4]);
const images = [valueInfoProto("x", "float32", ["N", 3, 6, 6])];
const scores = (count: number, name = "y"): readonly ValueInfoProto[] => [valueInfoProto(name, "float32", ["N", count])];

/** A graph as one exporter writes it. */
export interface Style {
  readonly exporter: string;
  readonly model: ModelProto;
  readonly x: FloatTensor;
  readonly input?: string;
  /** The value that holds the scores. Default "y". */
  readonly of?: string;
}

/** Stand-ins for the files of eight exporters. */
export const styles: readonly Style[] = [
  {
    exporter: "PyTorch 1, opset 9: shape arithmetic around a view",
    x: image,
    model: modelProto({
      nodes: [
        nodeProto(
          "Conv",
          ["x", "features.0.weight", "features.0.bias"],
          ["6"],
          { dilations: [1, 1], group: 1, kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] },
          { name: "Conv_0" },
        ),
        nodeProto("Relu", ["6"], ["7"], {}, { name: "Relu_1" }),
        nodeProto("Shape", ["7"], ["8"]),
        nodeProto("Constant", [], ["9"], { value: intList("", [0], []) }),
        nodeProto("Gather", ["8", "9"], ["10"], { axis: 0 }),
        nodeProto("Constant", [], ["11"], { value: intList("", [-1], []) }),
        nodeProto("Unsqueeze", ["10"], ["12"], { axes: [0] }),
        nodeProto("Unsqueeze", ["11"], ["13"], { axes: [0] }),
        nodeProto("Concat", ["12", "13"], ["14"], { axis: 0 }),
        nodeProto("Reshape", ["7", "14"], ["15"]),
        nodeProto("Gemm", ["15", "classifier.weight", "classifier.bias"], ["y"], { alpha: float(1), beta: float(1), transB: 1 }),
      ],
      inputs: images,
      outputs: scores(4),
      initializers: [
        weights("features.0.weight", 1, [5, 3, 3, 3]),
        weights("features.0.bias", 2, [5]),
        weights("classifier.weight", 3, [4, 45]),
        weights("classifier.bias", 4, [4]),
      ],
      opset: 9,
    }),
  },
  {
    exporter: "PyTorch 2 (dynamo): model-local functions that call functions",
    x: row,
    model: withFields(
      modelProto({
        nodes: [
          nodeProto("torch_nn_modules_linear_Linear_fc1_1", ["x", "fc1.weight", "fc1.bias"], ["addmm"], {}, { domain: "pkg.mlp.1", name: "fc1" }),
          nodeProto("aten_gelu", ["addmm"], ["gelu"], {}, { domain: "pkg.onnxscript.torch_lib" }),
          nodeProto("torch_nn_modules_linear_Linear_fc1_1", ["gelu", "fc2.weight", "fc2.bias"], ["y"], {}, { domain: "pkg.mlp.1", name: "fc2" }),
        ],
        inputs: [valueInfoProto("x", "float32", ["s0", 4])],
        outputs: [valueInfoProto("y", "float32", ["s0", 3])],
        initializers: [weights("fc1.weight", 1, [6, 4]), weights("fc1.bias", 2, [6]), weights("fc2.weight", 3, [3, 6]), weights("fc2.bias", 4, [3])],
        opset: 18,
        domains: { "pkg.mlp.1": 1, "pkg.onnxscript.torch_lib": 1, "pkg.onnxscript.torch_lib.common": 1 },
      }),
      {
        functions: [
          functionProto(
            "pkg.mlp.1",
            "torch_nn_modules_linear_Linear_fc1_1",
            ["input", "weight", "bias"],
            ["result"],
            [nodeProto("aten_t", ["weight"], ["t"], {}, { domain: "pkg.onnxscript.torch_lib" }), nodeProto("Gemm", ["input", "t", "bias"], ["result"])],
            ["pkg.onnxscript.torch_lib"],
          ),
          functionProto("pkg.onnxscript.torch_lib", "aten_t", ["self"], ["result"], [nodeProto("Transpose", ["self"], ["result"], { perm: [1, 0] })]),
          functionProto(
            "pkg.onnxscript.torch_lib",
            "aten_gelu",
            ["self"],
            ["result"],
            [
              nodeProto("Constant", [], ["root"], { value_float: float(Math.SQRT1_2) }),
              nodeProto("CastLike", ["root", "self"], ["rootLike"]),
              nodeProto("Mul", ["self", "rootLike"], ["scaled"]),
              nodeProto("Erf", ["scaled"], ["erf"]),
              nodeProto("Constant", [], ["one"], { value_float: float(1) }),
              nodeProto("Add", ["erf", "one"], ["shifted"]),
              nodeProto("Mul", ["self", "shifted"], ["product"]),
              nodeProto("Constant", [], ["half"], { value_float: float(0.5) }),
              nodeProto("Mul", ["product", "half"], ["result"]),
            ],
          ),
        ],
      },
    ),
  },
  {
    exporter: "tf2onnx: transposes around convolutions, Const nodes, Identity chains",
    x: nhwc,
    input: "input_1:0",
    of: "Identity:0",
    model: modelProto({
      nodes: [
        nodeProto("Constant", [], ["const/shape"], { value: intList("", [-1, 10]) }),
        nodeProto("Identity", ["input_1:0"], ["model/cast"]),
        nodeProto("Transpose", ["model/cast"], ["conv__6:0"], { perm: [0, 3, 1, 2] }),
        nodeProto("Conv", ["conv__6:0", "kernel"], ["conv:0"], { auto_pad: "SAME_UPPER", strides: [2, 2], kernel_shape: [3, 3] }),
        nodeProto("Add", ["conv:0", "bias__7"], ["biased"]),
        nodeProto("Clip", ["biased", "zero", "six"], ["relu6"]),
        nodeProto("Pad", ["relu6", "pads"], ["padded"]),
        nodeProto("MaxPool", ["padded"], ["pool"], { kernel_shape: [2, 2], strides: [2, 2], auto_pad: "VALID" }),
        nodeProto("Transpose", ["pool"], ["nhwc"], { perm: [0, 2, 3, 1] }),
        nodeProto("ReduceMean", ["nhwc"], ["mean"], { axes: [1, 2], keepdims: 0 }),
        nodeProto("MatMul", ["mean", "dense"], ["dense:0"]),
        nodeProto("Reshape", ["dense:0", "const/shape"], ["reshaped"]),
        nodeProto("Identity", ["reshaped"], ["Identity:0"]),
      ],
      inputs: [valueInfoProto("input_1:0", "float32", ["unk__10", 6, 6, 3])],
      outputs: scores(10, "Identity:0").map((info) => withFields(info, { type: valueInfoProto("", "float32", ["unk__11", 10]).type })),
      initializers: [
        weights("kernel", 1, [5, 3, 3, 3]),
        weights("bias__7", 2, [1, 5, 1, 1]),
        scalar("zero", 0),
        scalar("six", 6),
        intList("pads", [0, 0, 0, 0, 0, 0, 1, 1]),
        weights("dense", 3, [5, 10]),
      ],
      opset: 13,
    }),
  },
  {
    exporter: "Keras (keras2onnx): a recurrent head of Squeeze and Flatten, opset 11",
    x: nhwc,
    model: modelProto({
      nodes: [
        nodeProto("Reshape", ["x", "steps"], ["seq"]),
        nodeProto("MatMul", ["seq", "w"], ["h"]),
        nodeProto("Unsqueeze", ["h"], ["h4"], { axes: [1] }),
        nodeProto("Squeeze", ["h4"], ["h3"], { axes: [1] }),
        nodeProto("HardSigmoid", ["h3"], ["gate"]),
        nodeProto("Tanh", ["h3"], ["state"]),
        nodeProto("Mul", ["gate", "state"], ["mixed"]),
        nodeProto("Flatten", ["mixed"], ["flat"]),
        nodeProto("MatMul", ["flat", "d"], ["z"]),
        nodeProto("Softmax", ["z"], ["p"], { axis: -1 }),
        nodeProto("Identity", ["z"], ["y"]),
      ],
      inputs: [valueInfoProto("x", "float32", ["N", 6, 6, 3])],
      outputs: scores(3),
      initializers: [intList("steps", [-1, 6, 18]), weights("w", 1, [18, 4]), weights("d", 2, [24, 3])],
      opset: 11,
    }),
  },
  {
    exporter: "CNTK: weights as inputs, [1, N] biases, Plus and Times, pooling with ceil_mode pads",
    x: image,
    input: "Input3",
    of: "Plus214_Output_0",
    model: withFields(
      modelProto({
        nodes: [
          nodeProto("Conv", ["Input3", "Parameter5"], ["Convolution28_Output_0"], {
            kernel_shape: [3, 3],
            strides: [1, 1],
            auto_pad: "SAME_UPPER",
            group: 1,
            dilations: [1, 1],
          }),
          nodeProto("Add", ["Convolution28_Output_0", "Parameter6"], ["Plus30_Output_0"]),
          nodeProto("Relu", ["Plus30_Output_0"], ["ReLU32_Output_0"]),
          nodeProto("MaxPool", ["ReLU32_Output_0"], ["Pooling66_Output_0"], { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], auto_pad: "NOTSET" }),
          nodeProto("Reshape", ["Pooling66_Output_0", "shape0"], ["Reshape0"]),
          nodeProto("Reshape", ["Parameter193", "shape1"], ["Parameter193_reshape1"]),
          nodeProto("MatMul", ["Reshape0", "Parameter193_reshape1"], ["Times212_Output_0"]),
          nodeProto("Add", ["Times212_Output_0", "Parameter194"], ["Plus214_Output_0"]),
        ],
        inputs: [
          valueInfoProto("Input3", "float32", ["N", 3, 6, 6]),
          valueInfoProto("Parameter5", "float32", [4, 3, 3, 3]),
          valueInfoProto("Parameter6", "float32", [4, 1, 1]),
          valueInfoProto("shape0", "int64", [2]),
          valueInfoProto("shape1", "int64", [2]),
          valueInfoProto("Parameter193", "float32", [4, 3, 3, 5]),
          valueInfoProto("Parameter194", "float32", [1, 5]),
        ],
        outputs: scores(5, "Plus214_Output_0"),
        initializers: [
          weights("Parameter5", 1, [4, 3, 3, 3]),
          weights("Parameter6", 2, [4, 1, 1]),
          intList("shape0", [-1, 36]),
          intList("shape1", [36, 5]),
          weights("Parameter193", 3, [4, 3, 3, 5]),
          weights("Parameter194", 4, [1, 5]),
        ],
        opset: 8,
      }),
      { irVersion: 3n },
    ),
  },
  {
    exporter: "Paddle: batch norm, swish by hand, Squeeze of a pooled map, Scale as Mul and Add",
    x: image,
    input: "x2paddle_image",
    of: "save_infer_model/scale_0.tmp_1",
    model: modelProto({
      nodes: [
        nodeProto("Conv", ["x2paddle_image", "conv2d_0.w_0"], ["conv2d_0.tmp_0"], {
          kernel_shape: [1, 1],
          strides: [1, 1],
          pads: [0, 0, 0, 0],
          dilations: [1, 1],
          group: 1,
        }),
        nodeProto("BatchNormalization", ["conv2d_0.tmp_0", "scale", "bias", "mean", "variance"], ["bn"], { epsilon: float(1e-5), momentum: float(0.9) }),
        nodeProto("Sigmoid", ["bn"], ["gate"]),
        nodeProto("Mul", ["bn", "gate"], ["swish"]),
        nodeProto("GlobalAveragePool", ["swish"], ["pool"]),
        nodeProto("Squeeze", ["pool", "axes"], ["squeezed"]),
        nodeProto("MatMul", ["squeezed", "linear"], ["linear.tmp_0"]),
        nodeProto("Mul", ["linear.tmp_0", "factor"], ["scaled"]),
        nodeProto("Add", ["scaled", "shift"], ["save_infer_model/scale_0.tmp_1"]),
      ],
      inputs: [valueInfoProto("x2paddle_image", "float32", [-1, 3, 6, 6])],
      outputs: scores(3, "save_infer_model/scale_0.tmp_1"),
      initializers: [
        weights("conv2d_0.w_0", 1, [5, 3, 1, 1]),
        weights("scale", 2, [5]),
        weights("bias", 3, [5]),
        weights("mean", 4, [5]),
        positive("variance", 5),
        intList("axes", [2, 3]),
        weights("linear", 6, [5, 3]),
        scalar("factor", 1.5),
        scalar("shift", 0.25),
      ],
      opset: 13,
    }),
  },
  {
    exporter: "MATLAB: BatchNormalization of opset 7, averages subtracted from the image, Flatten and Gemm",
    x: image,
    model: modelProto({
      nodes: [
        nodeProto("Sub", ["x", "data_Mean"], ["data"]),
        nodeProto("Conv", ["data", "W", "B"], ["conv"], { auto_pad: "SAME_LOWER", kernel_shape: [2, 2], strides: [1, 1] }),
        nodeProto("BatchNormalization", ["conv", "scale", "bias", "mean", "variance"], ["bn"], { epsilon: float(1e-3), spatial: 1 }),
        nodeProto("LeakyRelu", ["bn"], ["leaky"], { alpha: float(0.01) }),
        nodeProto("LRN", ["leaky"], ["norm"], { alpha: float(0.1), beta: float(0.75), bias: float(1), size: 3 }),
        nodeProto("AveragePool", ["norm"], ["pool"], { kernel_shape: [3, 3], strides: [3, 3], pads: [0, 0, 0, 0] }),
        nodeProto("Flatten", ["pool"], ["flat"]),
        nodeProto("Gemm", ["flat", "fcW", "fcB"], ["y"], { transB: 1, alpha: float(1), beta: float(1) }),
      ],
      inputs: images,
      outputs: scores(3),
      initializers: [
        weights("data_Mean", 1, [1, 3, 1, 1]),
        weights("W", 2, [4, 3, 2, 2]),
        weights("B", 3, [4]),
        weights("scale", 4, [4]),
        weights("bias", 5, [4]),
        weights("mean", 6, [4]),
        positive("variance", 4),
        weights("fcW", 7, [3, 16]),
        weights("fcB", 8, [3]),
      ],
      opset: 7,
    }),
  },
  {
    exporter: "Caffe2: Dropout with a mask, Reshape by an initializer, Gemm, opset 7",
    x: image,
    input: "data_0",
    of: "fc_1",
    model: modelProto({
      nodes: [
        nodeProto("Conv", ["data_0", "conv1_w_0", "conv1_b_0"], ["conv1_1"], { kernel_shape: [3, 3], strides: [2, 2], pads: [0, 0, 0, 0] }),
        nodeProto("Relu", ["conv1_1"], ["conv1_2"]),
        nodeProto("Dropout", ["conv1_2"], ["drop_1", "drop_mask"], { ratio: float(0.5) }),
        nodeProto("Concat", ["drop_1", "conv1_1"], ["fire"], { axis: 1 }),
        nodeProto("GlobalAveragePool", ["fire"], ["pool_1"]),
        nodeProto("Reshape", ["pool_1", "OC2_DUMMY_1"], ["flat_1"]),
        nodeProto("Gemm", ["flat_1", "fc_w_0", "fc_b_0"], ["fc_1"], { transB: 1 }),
      ],
      inputs: [valueInfoProto("data_0", "float32", ["N", 3, 6, 6])],
      outputs: scores(4, "fc_1"),
      initializers: [
        weights("conv1_w_0", 1, [5, 3, 3, 3]),
        weights("conv1_b_0", 2, [5]),
        intList("OC2_DUMMY_1", [-1, 10]),
        weights("fc_w_0", 3, [4, 10]),
        weights("fc_b_0", 4, [4]),
      ],
      opset: 7,
    }),
  },
];

function scalar(name: string, value: number): ReturnType<typeof weights> {
  return withFields(weights(name, 1, []), { rawData: new Uint8Array(Float32Array.of(value).buffer) });
}

function positive(name: string, length: number): ReturnType<typeof weights> {
  return withFields(weights(name, 1, [length]), { rawData: new Uint8Array(Float32Array.from({ length }, (_, i) => 0.5 + i / 3).buffer) });
}
