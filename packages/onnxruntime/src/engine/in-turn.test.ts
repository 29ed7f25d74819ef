import { expect, it } from "vitest";

import type { Engine } from "./engine.ts";
import { inTurn } from "./in-turn.ts";

const engine = (name: Engine["name"]): Engine => ({ name, version: "1", ort: {} as Engine["ort"] });

/** How many of five calls were under way at the same time, at most, when the second fails. */
async function mostAtOnce(used: Engine): Promise<number> {
  let [running, most] = [0, 0];
  const call = async (i: number): Promise<number> => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running--;
    if (i === 1) throw new Error("refused");
    return i;
  };
  const settled = await Promise.allSettled([0, 1, 2, 3, 4].map((i) => inTurn(used, () => call(i))));
  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled", "fulfilled"]);
  return most;
}

it("gives onnxruntime-web one call at a time, also after one that failed, and onnxruntime-node all at once", async () => {
  expect(await mostAtOnce(engine("onnxruntime-web"))).toBe(1);
  expect(await mostAtOnce(engine("onnxruntime-node"))).toBe(5);
});
