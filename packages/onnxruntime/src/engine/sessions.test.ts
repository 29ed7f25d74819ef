import { Backprop } from "@xdeep/guided";
import { float32 } from "@xdeep/core";
import { integrated } from "@xdeep/integrated";
import { smooth } from "@xdeep/smooth";
import { writeModel } from "@xdeep/onnx";
import * as ort from "onnxruntime-node";
import { expect, it } from "vitest";

import { perceptron } from "../../test/small-models.ts";
import { loadModel } from "../index.ts";
import { sessionsFor } from "./sessions.ts";

/** The engine, and how many sessions of it live, lived at a time at most, and were created. */
function counting(): { readonly engine: typeof ort; readonly count: { live: number; most: number; created: number } } {
  const count = { live: 0, most: 0, created: 0 };
  const engine: typeof ort = {
    ...ort,
    InferenceSession: class {
      static async create(bytes: Uint8Array, options?: ort.InferenceSession.SessionOptions): Promise<ort.InferenceSession> {
        count.most = Math.max(count.most, ++count.live);
        count.created++;
        const session = await ort.InferenceSession.create(bytes, options);
        const release = session.release.bind(session);
        return Object.assign(session, {
          release: async () => {
            await release();
            count.live--;
          },
        });
      }
    } as unknown as typeof ort.InferenceSession,
  };
  return { engine, count };
}

it("no more sessions live at a time than are kept: one is released before the next is created", async () => {
  const { engine, count } = counting();
  const model = await loadModel(writeModel(perceptron()), { engine, maxSessions: 2 });
  const [info] = model.inputs;
  const input = float32(info!.dims.map((dim) => dim ?? 1));
  for (const rule of ["standard", "guided", "deconvnet"] as const) {
    await model.forward({ feeds: { [info!.name]: input } });
    await new Backprop(model, { rule }).explain(input);
  }
  expect([count.most, count.created > 3]).toEqual([2, true]);
  await model.dispose();
  expect(count.live).toBe(0);
});

it("a gradient, paths and noise share one session, beside the one for scores", async () => {
  const { engine, count } = counting();
  await using model = await loadModel(writeModel(perceptron()), { engine });
  const [info] = model.inputs;
  const input = float32(info!.dims.map((dim) => dim ?? 1)).data.map((_, i) => Math.cos(i));
  const x = float32(
    info!.dims.map((dim) => dim ?? 1),
    input,
  );
  const gradient = new Backprop(model);
  await gradient.explain(x);
  for (const explainer of [integrated(gradient, { n: 6 }), integrated(gradient), smooth(gradient, { n: 3 })]) await explainer.explain(x);
  expect(count.created).toBe(2);
});

it("of large models fewer are kept, and two at least", () => {
  expect([0, 1e6, 2 ** 29, 2 ** 30, 2 ** 31, 2 ** 40].map(sessionsFor)).toEqual([8, 8, 8, 4, 2, 2]);
});
