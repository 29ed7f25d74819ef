import { VERSION as CORE_VERSION, float32 } from "@xdeep/core";
import type { Tensor } from "@xdeep/core";
import { affine, analyticModel, randomLayers, relu } from "@xdeep/test-models";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Backprop } from "./backprop.ts";
import { VERSION } from "./version.ts";

const failure = (code: string): unknown => expect.objectContaining({ name: "XDeepError", code });

/** y = relu(x₀ − x₁) − relu(x₁): each rule gives another gradient. */
const rectified = analyticModel({
  inputs: [{ name: "x", dims: [2] }],
  layers: [
    affine([
      [1, -1],
      [0, 1],
    ]),
    relu(),
    affine([[1, -1]]),
  ],
});

const image = (layout: "NCHW" | "NHWC" | null, dims: readonly number[]): ReturnType<typeof analyticModel> =>
  analyticModel({ inputs: [{ name: "image", dims, layout }], layers: [affine([[1, -5, 3, -4, -1, -6, 2, -9, 0, 1, 2, -7]])] });

describe("Backprop", () => {
  it.each([
    [{}, [1, -2]],
    [{ guided: false }, [1, -2]],
    [{ rule: "standard" as const }, [1, -2]],
    [{ guided: true }, [1, -1]],
    [{ guided: true, rule: "guided" as const }, [1, -1]],
    [{ rule: "deconvnet" as const }, [1, -1]],
  ])("%j gives the gradient by hand", async (options, expected) => {
    expect(await new Backprop(rectified, options).calculateGradients(float32([1, 2], [3, 1]))).toEqual(float32([2], expected));
  });

  it("tells deconvnet from guided where a rectifier is off", async () => {
    const off = float32([1, 2], [1, 3]);
    expect(await new Backprop(rectified, { rule: "guided" }).calculateGradients(off)).toEqual(float32([2], [0, 0]));
    expect(await new Backprop(rectified, { rule: "deconvnet" }).calculateGradients(off)).toEqual(float32([2], [1, -1]));
  });

  it("without rectifiers every rule is the plain gradient, and 0 of them acted", async () => {
    const smooth = analyticModel({ inputs: [{ name: "x", dims: [3] }], layers: randomLayers([3, 6, 2]) });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 3, maxLength: 3 }), async (values) => {
        const x = float32([1, 3], values);
        const plain = await new Backprop(smooth).explain(x);
        const guided = await new Backprop(smooth, { guided: true }).explain(x);
        expect(guided.values).toEqual(plain.values);
        expect(guided.provenance.rectifiers).toBe(0);
      }),
      { seed: 7, numRuns: 30 },
    );
  });

  it("keeps N samples, and takes one target for each", async () => {
    const model = analyticModel({
      inputs: [{ name: "x", dims: [2] }],
      layers: [
        affine([
          [1, 2],
          [3, 4],
        ]),
      ],
    });
    const gradients = await new Backprop(model).calculateGradients(float32([2, 2]), { targetClass: [1, 0] });
    expect(gradients).toEqual(float32([2, 2], [3, 4, 1, 2]));
  });

  it("mirrors records", async () => {
    const model = analyticModel({
      inputs: [
        { name: "a", dims: [1] },
        { name: "b", dims: [2] },
      ],
      layers: [affine([[1, 2, 3]])],
    });
    const feeds: Record<string, Tensor> = { a: float32([1, 1]), b: float32([1, 2]) };
    expect(await new Backprop(model).calculateGradients(feeds)).toEqual({ a: float32([1], [1]), b: float32([2], [2, 3]) });
  });

  it("records its version", async () => {
    const { provenance } = await new Backprop(rectified).explain(float32([1, 2], [3, 1]));
    expect(provenance.versions).toEqual({ "@xdeep/core": CORE_VERSION, "@xdeep/guided": VERSION });
  });
});

describe("takeMax", () => {
  it("is the signed maximum over channels first", async () => {
    const model = image("NCHW", [3, 2, 2]);
    expect(await new Backprop(model).calculateGradients(float32([1, 3, 2, 2]), { takeMax: true })).toEqual(float32([1, 2, 2], [1, 1, 3, -4]));
    expect(await new Backprop(model).calculateGradients(float32([1, 3, 2, 2]))).toMatchObject({ dims: [3, 2, 2] });
    expect(await new Backprop(model).calculateGradients(float32([2, 3, 2, 2]), { takeMax: true })).toMatchObject({ dims: [2, 1, 2, 2] });
  });

  it("is over the last axis where channels come last", async () => {
    const model = image("NHWC", [2, 2, 3]);
    expect(await new Backprop(model).calculateGradients(float32([1, 2, 2, 3]), { takeMax: true })).toEqual(float32([2, 2, 1], [3, -1, 2, 2]));
  });

  it("takes the axis after the batch where the layout is not known", async () => {
    const gradients = await new Backprop(image(null, [3, 4])).calculateGradients(float32([1, 3, 4]), { takeMax: true });
    expect(gradients).toEqual(float32([1, 4], [1, 1, 3, -4]));
  });

  it("is refused where there is no channel axis", async () => {
    await expect(new Backprop(rectified).calculateGradients(float32([1, 2]), { takeMax: true })).rejects.toEqual(failure("OPTION_INVALID"));
  });
});

describe("Backprop refuses", () => {
  it.each([
    { guided: true, rule: "deconvnet" as const },
    { guided: true, rule: "standard" as const },
    { guided: false, rule: "guided" as const },
  ])("the contradiction %j", (options) => {
    expect(() => new Backprop(rectified, options)).toThrow(failure("OPTION_INVALID"));
  });

  it("options that do not exist, naming the nearest", async () => {
    expect(() => new Backprop(rectified, { guide: true } as never)).toThrow(/Did you mean "guided"/);
    await expect(new Backprop(rectified).calculateGradients(float32([1, 2]), { target: 1 } as never)).rejects.toThrow(/no option "target".*"targetClass"/);
  });

  it("a GPU that the model does not run on, and says how to get one", async () => {
    const x = float32([1, 2], [3, 1]);
    await expect(new Backprop(rectified).calculateGradients(x, { useGpu: true })).rejects.toEqual(failure("GPU_UNAVAILABLE"));
    await expect(new Backprop(rectified).calculateGradients(x, { useGpu: true })).rejects.toThrow(/runs on float64.*loadModel\(source, \{ useGpu: true \}\)/);
    const gpu = analyticModel({ inputs: [{ name: "x", dims: [2] }], layers: [affine([[1, 2]])], capabilities: { gpu: true } });
    expect(await new Backprop(gpu).calculateGradients(x, { useGpu: true })).toEqual(float32([2], [1, 2]));
  });
});
