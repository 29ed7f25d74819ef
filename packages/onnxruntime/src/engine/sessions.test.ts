import { Backprop } from "@xdeep/guided";
import { float32 } from "@xdeep/core";
import { writeModel } from "@xdeep/onnx";
import * as ort from "onnxruntime-node";
import { expect, it } from "vitest";

import { perceptron } from "../../test/small-models.ts";
import { loadModel } from "../index.ts";
import { sessionsFor } from "./sessions.ts";

it("no more sessions live at a time than are kept: one is released before the next is created", async () => {
  let [live, most, created] = [0, 0, 0];
  const counting: typeof ort = {
    ...ort,
    InferenceSession: class {
      static async create(bytes: Uint8Array, options?: ort.InferenceSession.SessionOptions): Promise<ort.InferenceSession> {
        most = Math.max(most, ++live);
        created++;
        const session = await ort.InferenceSession.create(bytes, options);
        const release = session.release.bind(session);
        return Object.assign(session, {
          release: async () => {
            await release();
            live--;
          },
        });
      }
    } as unknown as typeof ort.InferenceSession,
  };
  const model = await loadModel(writeModel(perceptron()), { engine: counting, maxSessions: 2 });
  const [info] = model.inputs;
  const input = float32(info!.dims.map((dim) => dim ?? 1));
  for (const rule of ["standard", "guided", "deconvnet"] as const) {
    await model.forward({ feeds: { [info!.name]: input } });
    await new Backprop(model, { rule }).explain(input);
  }
  expect([most, created > 3]).toEqual([2, true]);
  await model.dispose();
  expect(live).toBe(0);
});

it("of large models fewer are kept, and two at least", () => {
  expect([0, 1e6, 2 ** 29, 2 ** 30, 2 ** 31, 2 ** 40].map(sessionsFor)).toEqual([8, 8, 8, 4, 2, 2]);
});
