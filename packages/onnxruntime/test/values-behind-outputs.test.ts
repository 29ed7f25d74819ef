import { Backprop } from "@xdeep/guided";
import { nodeProto, valueInfoProto, withFields, writeModel } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { failure } from "./failure.ts";
import { perceptron, randomTensor } from "./small-models.ts";
import { loadModel } from "../src/load-model.ts";

const x = randomTensor(7, [2, 4]);

describe("a model whose only output is the index of the largest score", () => {
  const model = perceptron();
  const decided = withFields(model, {
    graph: withFields(model.graph!, {
      node: [...model.graph!.node, nodeProto("Softmax", ["logits"], ["p"]), nodeProto("ArgMax", ["p"], ["best"], { axis: -1 })],
      output: [valueInfoProto("best", "int64", null)],
    }),
  });

  it("runs, and says which value can be explained", async () => {
    const loaded = await loadModel(writeModel(decided));
    expect((await loaded.forward({ feeds: { x } })).outputs["best"]!.dims).toEqual([2, 1]);
    const { code, message } = await failure(loaded.vjp({ feeds: { x } }));
    expect(code).toBe("OUTPUT_UNKNOWN");
    expect(message).toContain('output "logits"');
    await loaded.dispose();
  });

  it("is explained there as a model without that head is", async () => {
    const [loaded, plain] = await Promise.all([loadModel(writeModel(decided)), loadModel(writeModel(model))]);
    const found = await loaded.vjp({ feeds: { x }, output: "logits", target: 1 });
    const expected = await plain.vjp({ feeds: { x }, target: 1 });
    expect([found.scores, found.gradients["x"]]).toEqual([expected.scores, expected.gradients["x"]]);
    await Promise.all([loaded.dispose(), plain.dispose()]);
  });
});

describe("a network that computes the rows of a batch together", () => {
  const model = perceptron();
  const together = withFields(model, {
    graph: withFields(model.graph!, {
      node: [
        ...model.graph!.node,
        nodeProto("ReduceMean", ["logits"], ["mean"], { axes: [0] }, { name: "batch mean" }),
        nodeProto("Add", ["logits", "mean"], ["y"]),
      ],
      output: [valueInfoProto("y", "float32", ["N", 3])],
    }),
    opsetImport: [withFields(model.opsetImport[0]!, { version: 13n })],
  });

  it("refuses several rows with a target, and names the node", async () => {
    const loaded = await loadModel(writeModel(together));
    for (const call of [loaded.vjp({ feeds: { x }, target: 0 }), loaded.forward({ feeds: { x }, target: 0 })]) {
      const { code, message } = await failure(call);
      expect(code).toBe("BATCH_INVALID");
      expect(message).toContain('"batch mean"');
    }
    expect((await loaded.forward({ feeds: { x } })).outputs["y"]!.dims).toEqual([2, 3]);
    await loaded.dispose();
  });

  it("is explained row by row: each as it is alone", async () => {
    const loaded = await loadModel(writeModel(together));
    const explainer = new Backprop(loaded);
    const { values, scores } = await explainer.explain(x, { target: 0 });
    const alone = await Promise.all(
      [0, 1].map((row) => explainer.explain({ type: "float32", dims: [1, 4], data: x.data.slice(4 * row, 4 * row + 4) }, { target: 0 })),
    );
    expect(Array.from(values.data)).toEqual(alone.flatMap((each) => Array.from(each.values.data)));
    expect(Array.from(scores)).toEqual(alone.map((each) => each.scores[0]));
    await loaded.dispose();
  });
});
