import { type ModelProto, attributeProto, loadModelFile } from "@xdeep/onnx";
import { beforeEach, describe, expect, it } from "vitest";
import { toLayersModel } from "./layers-model.ts";

let model: ModelProto;
beforeEach(async () => {
  ({ model } = await loadModelFile(new URL("../../model/shapes.onnx", import.meta.url)));
});

/** Gives the first node of this type another attribute. */
function change(opType: string, name: string, value: Parameters<typeof attributeProto>[1]): void {
  const node = model.graph!.node.find((candidate) => candidate.opType === opType)!;
  node.attribute = [...node.attribute.filter((attribute) => attribute.name !== name), attributeProto(name, value)];
}

describe("toLayersModel", () => {
  it("has one layer for each operator, Flatten left out, and the input", () => {
    const { modelTopology } = JSON.parse(new TextDecoder().decode(toLayersModel(model, "shapes")["model.json"])) as {
      modelTopology: { config: { layers: { class_name: string }[] } };
    };
    const count = (className: string): number => modelTopology.config.layers.filter((layer) => layer.class_name === className).length;
    expect(["InputLayer", "Conv2D", "Activation", "MaxPooling2D", "Add", "GlobalAveragePooling2D", "Dense"].map(count)).toEqual([1, 6, 6, 3, 2, 1, 1]);
    expect(modelTopology.config.layers).toHaveLength(model.graph!.node.length - 1 + 1);
  });

  it.each([
    ["Conv", "strides", [2, 2], "strides must be 1,1, got 2,2"],
    ["Conv", "pads", [0, 0, 0, 0], "pads must be 2,2,2,2, got 0,0,0,0"],
    ["Conv", "group", 3, "group must be 1, got 3"],
    ["Conv", "auto_pad", "SAME_LOWER", "padding in numbers"],
    ["MaxPool", "ceil_mode", 1, "ceil_mode must be 0, got 1"],
    ["Gemm", "transB", 0, "transB must be 1, got 0"],
  ])("refuses %s with %s = %s", (opType, name, value, message) => {
    change(opType, name, value);
    expect(() => toLayersModel(model, "shapes")).toThrow(
      expect.objectContaining({ code: "MODEL_UNSUPPORTED", message: expect.stringContaining(message) as string }),
    );
  });

  it("refuses operators that it does not know", () => {
    model.graph!.node[1]!.opType = "Tanh";
    expect(() => toLayersModel(model, "shapes")).toThrow('Tanh "/stem/Relu" cannot be written');
  });

  it("refuses to add a constant, which would be lost", () => {
    model.graph!.node.find(({ opType }) => opType === "Add")!.input[1] = "widen1.conv.bias";
    expect(() => toLayersModel(model, "shapes")).toThrow("must not have 1 constant inputs");
  });

  it("refuses to flatten pixels", () => {
    model.graph!.node = model.graph!.node.filter(({ opType }) => opType !== "GlobalAveragePool");
    model.graph!.node.find(({ opType }) => opType === "Flatten")!.input = ["/widen3/Relu_output_0"];
    expect(() => toLayersModel(model, "shapes")).toThrow('Flatten "/Flatten" must follow GlobalAveragePool');
  });
});
