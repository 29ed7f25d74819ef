import { type FloatTensor, type Tensor, isTensor } from "@xdeep/core";
import { describe, expect, it } from "vitest";
import { loadModel } from "@xdeep/onnxruntime";
import { GoldenCase, goldenNames } from "./golden-case.ts";

/** Σ |R| is thousands of times F(x) − F(x′) on `norms`. */
const LOOSE: Readonly<Record<string, number>> = { norms: 1e-4 };

describe.each(goldenNames())("DeepLIFT on %s", (name) => {
  const golden = new GoldenCase(name);

  it("adds up to F(x) − F(0) in every row", async () => {
    const model = await loadModel(golden.model());
    const input = golden.input(3);
    const feeds = (isTensor(input) ? { [golden.inputNames[0]!]: input } : input) as Readonly<Record<string, Tensor>>;
    const reference = Object.fromEntries(Object.entries(feeds).map(([key, x]) => [key, { ...x, data: new Float32Array(x.data.length) } as FloatTensor]));
    const request = { target: golden.target(3), score: "probability", outputs: [] } as const;
    const { gradients, scores, notes } = await model.vjp({ ...request, feeds, reference, rule: "deeplift" });
    const { scores: atReference } = await model.forward({ ...request, feeds: reference });
    for (let row = 0; row < 3; row++) {
      const total = Object.values(gradients).reduce((sum, { data }) => {
        const size = data.length / 3;
        return data.subarray(row * size, (row + 1) * size).reduce((a, b) => a + b, sum);
      }, 0);
      const [f, other] = [scores[row]!, atReference[row]!];
      const scale = Math.max(Math.abs(f), Math.abs(other), Math.abs(f - other));
      expect(Math.abs(total - (f - other)) / scale, `${total} against ${f - other}, ${notes?.join()}`).toBeLessThan(LOOSE[name] ?? 1e-5);
    }
    await model.dispose();
  });
});
