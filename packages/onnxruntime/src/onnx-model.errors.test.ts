import { type Model, float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { type ModelProto, modelProto, nodeProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failure } from "../test/failure.ts";
import { intList, perceptron, randomTensor } from "../test/small-models.ts";
import { loadModel } from "./load-model.ts";

const x = randomTensor(7, [2, 4]);
let model: Model;
beforeAll(async () => {
  model = await loadModel(writeModel(perceptron()));
});
afterAll(() => model.dispose());

describe("inputs", () => {
  it("with other dims", async () => {
    const { code, message } = await failure(new Backprop(model).calculateGradients(randomTensor(1, [2, 5])));
    expect(code).toBe("INPUT_SHAPE");
    expect(message).toContain("[any, 4], got [2, 5]");
  });

  it("without their batch axis", async () => {
    expect((await failure(new Backprop(model).calculateGradients(randomTensor(1, [4])))).code).toBe("INPUT_SHAPE");
  });

  it("of another type", async () => {
    const { code, message } = await failure(new Backprop(model).calculateGradients({ type: "float64", dims: [2, 4], data: new Float64Array(8) }));
    expect(code).toBe("INPUT_TYPE");
    expect(message).toContain("float32, got float64");
  });

  it.each([NaN, Infinity, -Infinity])("that hold %d", async (bad) => {
    const { code, message, details } = await failure(new Backprop(model).calculateGradients(float32([2, 4], [0, 1, 2, 3, 4, bad, 6, 7])));
    expect(code).toBe("INPUT_NOT_FINITE");
    expect(message).toContain("element 5 of 8");
    expect(details).toEqual({ input: "x", index: 5 });
  });

  it("without a row", async () => {
    const { code, message } = await failure(new Backprop(model).calculateGradients(float32([0, 4])));
    expect(code).toBe("BATCH_INVALID");
    expect(message).toContain("no row");
    expect((await failure(model.vjp({ feeds: { x: float32([0, 4]) } }))).code).toBe("BATCH_INVALID");
  });

  it("by names that the model does not have", async () => {
    const { code, message } = await failure(new Backprop(model).calculateGradients({ x, X: x }));
    expect(code).toBe("INPUT_UNKNOWN");
    expect(message).toContain('nearest: "x"');
    expect((await failure(model.vjp({ feeds: {} }))).code).toBe("INPUT_MISSING");
  });
});

describe("targets", () => {
  it("out of range, of known and of unknown dims, never give zeros", async () => {
    const open = await loadModel(writeModel(openEnded()));
    for (const [loaded, target] of [
      [model, 3],
      [model, -1],
      [model, [0, 3]],
      [open, 5],
      [open, -1],
      [open, [0, 5]],
    ] as const) {
      const { code, message } = await failure(new Backprop(loaded).calculateGradients(x, { targetClass: target }));
      expect(code).toBe("TARGET_OUT_OF_RANGE");
      expect(message).toMatch(/has \d classes, 0 to \d/);
    }
    const gradients = await new Backprop(open).calculateGradients(x, { targetClass: 4 });
    expect(Math.max(...gradients.data)).toBeGreaterThan(0);
    await open.dispose();
  });

  it("of open dims are checked against those of every input", async () => {
    const open = await loadModel(writeModel(openEnded()));
    const wide = { x: randomTensor(1, [1, 7]) };
    const narrow = { x: randomTensor(1, [1, 4]) };
    expect((await open.vjp({ feeds: wide, target: 7 })).target).toEqual([7]);
    expect((await failure(open.vjp({ feeds: narrow, target: 7 }))).code).toBe("TARGET_OUT_OF_RANGE");
    expect((await open.vjp({ feeds: wide, target: 7 })).target).toEqual([7]);
    await open.dispose();
  });

  it("of the wrong form", async () => {
    for (const target of [1.5, { index: [0, 1] }, [0], [0, 1, 2]]) {
      expect((await failure(new Backprop(model).calculateGradients(x, { targetClass: target }))).code).toBe("TARGET_INVALID");
    }
  });
});

describe("options", () => {
  it("an unknown rule", async () => {
    expect(() => new Backprop(model, { rule: "grad-cam" as never })).toThrow(expect.objectContaining({ code: "RULE_UNKNOWN" }));
    const { code, message } = await failure(model.vjp({ feeds: { x }, rule: "grad-cam" as never }));
    expect(code).toBe("RULE_UNKNOWN");
    expect(message).toContain("deconvnet");
  });

  it("an unknown rectifier", async () => {
    const { code, message } = await failure(new Backprop(model, { guided: true, rectifiers: ["ReLU"] }).calculateGradients(x));
    expect(code).toBe("OPTION_INVALID");
    expect(message).toContain('"ReLU"');
    expect(message).toContain("Relu6");
  });

  it("an unknown score", async () => {
    expect((await failure(model.vjp({ feeds: { x }, score: "loss" as never }))).code).toBe("OPTION_INVALID");
  });

  it("an empty, an unknown and an integer wrt", async () => {
    expect((await failure(new Backprop(model).calculateGradients(x, { wrt: [] }))).code).toBe("WRT_UNKNOWN");
    const { code, message } = await failure(new Backprop(model).calculateGradients(x, { wrt: ["hiden"] }));
    expect(code).toBe("WRT_UNKNOWN");
    expect(message).toContain('Nearest: "hidden"');
  });

  it("an unknown output", async () => {
    const { code, message } = await failure(new Backprop(model).calculateGradients(x, { output: "probs" }));
    expect(code).toBe("OUTPUT_UNKNOWN");
    expect(message).toContain('"logits" (float32)');
  });

  it("weights that are not one per row", async () => {
    expect((await failure(model.vjp({ feeds: { x }, weights: new Float32Array(3) }))).code).toBe("OPTION_INVALID");
  });

  it("a cotangent that does not fit, or that comes with a target", async () => {
    expect((await failure(model.vjp({ feeds: { x }, cotangent: float32([2, 4]) }))).code).toBe("INPUT_SHAPE");
    expect((await failure(model.vjp({ feeds: { x }, cotangent: float32([1, 3]) }))).code).toBe("INPUT_SHAPE");
    expect((await failure(model.vjp({ feeds: { x }, cotangent: float32([2, 3]), target: 1 }))).code).toBe("OPTION_INVALID");
  });

  it("a GPU for a model on the CPU", async () => {
    expect((await failure(new Backprop(model).calculateGradients(x, { useGpu: true }))).code).toBe("GPU_UNAVAILABLE");
  });
});

describe("after a failure", () => {
  it("an input that only the engine can refuse is its failure, and the model stays usable", async () => {
    const loaded = await loadModel(writeModel(splitInHalves()), { logSeverityLevel: 4 });
    const explainer = new Backprop(loaded);
    const before = await explainer.calculateGradients(randomTensor(1, [1, 4]), { targetClass: 0 });
    const { code, message, cause } = await failure(explainer.calculateGradients(randomTensor(1, [1, 5]), { targetClass: 0 }));
    expect(code).toBe("ENGINE_FAILED");
    expect(message).toContain("failed while it ran the model");
    expect(cause).toBeInstanceOf(Error);
    expect(await explainer.calculateGradients(randomTensor(1, [1, 4]), { targetClass: 0 })).toEqual(before);
    await loaded.dispose();
  });

  it("a score that is not finite is refused, and the model stays usable", async () => {
    const loaded = await loadModel(
      writeModel(
        modelProto({
          nodes: [nodeProto("Log", ["x"], ["y"])],
          inputs: [valueInfoProto("x", "float32", ["N", 2])],
          outputs: [valueInfoProto("y", "float32", ["N", 2])],
        }),
      ),
    );
    expect((await failure(new Backprop(loaded).calculateGradients(float32([1, 2], [-1, 1]), { targetClass: 0 }))).code).toBe("RESULT_NOT_FINITE");
    expect((await new Backprop(loaded).calculateGradients(float32([1, 2], [2, 1]), { targetClass: 0 })).data).toEqual(Float32Array.of(0.5, 0));
    await loaded.dispose();
  });

  it("a disposed model says so, and can be disposed again", async () => {
    const loaded = await loadModel(writeModel(perceptron()));
    await loaded.vjp({ feeds: { x } });
    await loaded.dispose();
    await loaded.dispose();
    const { code, message } = await failure(loaded.vjp({ feeds: { x } }));
    expect(code).toBe("MODEL_DISPOSED");
    expect(message).toContain("Load it again");
    expect((await failure(loaded.forward({ feeds: { x } }))).code).toBe("MODEL_DISPOSED");
  });

  it("a call during which the model is disposed ends, with a result or as disposed", async () => {
    for (let ticks = 0; ticks < 6; ticks++) {
      const loaded = await loadModel(writeModel(perceptron()));
      const calls = [loaded.vjp({ feeds: { x } }), loaded.forward({ feeds: { x } })].map((call) =>
        call.then(
          () => "done",
          (error: { code: string }) => error.code,
        ),
      );
      for (let i = 0; i < ticks; i++) await new Promise(setImmediate);
      await loaded.dispose();
      for (const end of await Promise.all(calls)) expect(["done", "MODEL_DISPOSED"]).toContain(end);
    }
  });
});

describe("aborts", () => {
  it("before the call: nothing runs", async () => {
    const reason = new Error("never mind");
    await expect(model.vjp({ feeds: { x }, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(model.forward({ feeds: { x }, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(new Backprop(model).explain(x, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it("between the rows of a model of fixed batch 1, which stays usable", async () => {
    const fixed = await loadModel(writeModel(perceptron(1)));
    const many = randomTensor(3, [200, 4]);
    await fixed.vjp({ feeds: { x: many } });
    const controller = new AbortController();
    const reason = new Error("too slow");
    setImmediate(() => controller.abort(reason));
    await expect(fixed.vjp({ feeds: { x: many }, signal: controller.signal })).rejects.toBe(reason);
    expect((await fixed.vjp({ feeds: { x } })).gradients["x"]!.dims).toEqual([2, 4]);
    await fixed.dispose();
  });

  it("between the steps of a method", async () => {
    const controller = new AbortController();
    const steps: number[] = [];
    const onProgress = ({ done }: { done: number }): void => {
      steps.push(done);
      if (done === 2) controller.abort();
    };
    const explainer = integrated(new Backprop(model), { n: 40 });
    await expect(explainer.explain(x, { signal: controller.signal, onProgress })).rejects.toThrow("aborted");
    expect(steps).toEqual([1, 2]);
  });
});

/** x [N, W] → [N, W + 1], x and its sum: how many classes there are shows only in a run. */
function openEnded(): ModelProto {
  return modelProto({
    nodes: [nodeProto("ReduceSum", ["x", "axis"], ["sum"], { keepdims: 1 }), nodeProto("Concat", ["x", "sum"], ["y"], { axis: 1 })],
    inputs: [valueInfoProto("x", "float32", ["N", null])],
    outputs: [valueInfoProto("y", "float32", null)],
    initializers: [intList("axis", [1])],
  });
}

/** x [N, 4] → the sums of its halves [N, 2]; rows of another length than 4 fail in the engine. */
function splitInHalves(): ModelProto {
  return modelProto({
    nodes: [nodeProto("Reshape", ["x", "shape"], ["halves"]), nodeProto("ReduceSum", ["halves", "axis"], ["y"], { keepdims: 0 })],
    inputs: [valueInfoProto("x", "float32", ["N", null])],
    outputs: [valueInfoProto("y", "float32", null)],
    initializers: [intList("shape", [0, 2, 2]), intList("axis", [2])],
  });
}
