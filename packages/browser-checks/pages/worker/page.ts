import { type FloatTensor, type Model, float32, isXDeepError } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { analyticModel, randomLayers } from "@xdeep/test-models";
import { type Thread, inWorker, pool } from "@xdeep/worker";

const start = (name = "slow.worker.js") => new Worker(new URL(name, document.baseURI), { type: "module" }) as unknown as Thread;
const worker = (): Thread => start();
const slowModel = (): Promise<Model> => inWorker({ worker });
const row = (first: number): FloatTensor => float32([1, 4], [first, -1, 0.5, 2]);
const local = analyticModel({ inputs: [{ name: "x", dims: [4] }], layers: randomLayers([4, 8, 3], "relu") });

/** How a promise ended: its value, or the error's name, code and message. */
function outcome(call: Promise<unknown>): Promise<object> {
  const started = performance.now();
  return call.then(
    (value) => ({ value }),
    (error: Error) => ({ name: error.name, code: isXDeepError(error) ? error.code : null, message: error.message, after: performance.now() - started }),
  );
}

/** What the test asks for, by name. */
const scenes: Readonly<Record<string, () => Promise<unknown>>> = {
  async numbers() {
    const [model, pooled] = [await slowModel(), await pool({ worker }, 2)];
    const rows = float32([3, 4], [-1, 2, 0.5, -2, -3, 1, 1, 1, -0.25, 0, 4, -1]);
    const [there, here] = await Promise.all([model, local].map((each) => integrated(new Backprop(each), { n: 5 }).explain(rows)));
    const [spread, alone] = await Promise.all([pooled, local].map((each) => each.vjp({ feeds: { x: rows }, target: 1 })));
    await Promise.all([model.dispose(), pooled.dispose()]);
    return { there: there!.values, here: here!.values, spread: spread!.gradients, alone: alone!.gradients };
  },
  async freedom() {
    const model = await slowModel();
    let [turns, isRunning] = [0, true];
    const count = (): void => {
      turns++;
      if (isRunning) setTimeout(count, 10);
    };
    count();
    await model.vjp({ feeds: { x: row(1500) } });
    isRunning = false;
    await model.dispose();
    return turns;
  },
  async abort() {
    const model = await slowModel();
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const aborted = await outcome(model.vjp({ feeds: { x: row(6000) }, signal: controller.signal }));
    const later = await outcome(model.vjp({ feeds: { x: row(0) }, target: 0 }).then(({ scores }) => [...scores]));
    const expected = [...(await local.vjp({ feeds: { x: row(0) }, target: 0 })).scores];
    await model.dispose();
    return { aborted, later, expected };
  },
  closed: () => died(-99),
  threw: () => died(-98),
  async terminated() {
    const mine = worker();
    const model = await inWorker(mine);
    const waiting = outcome(model.vjp({ feeds: { x: row(60_000) } }));
    setTimeout(() => mine.terminate(), 50);
    return [await waiting, await outcome(model.forward({ feeds: { x: row(0) } }))];
  },
  closedWhileLoading: async () => [await outcome(inWorker({ worker }, { arguments: ["load"] }))],
  missing: async () => [await outcome(inWorker({ worker: () => start("nothing.js") }))],
  function: async () => [await outcome(inWorker(() => local))],
};

/** A call that waits, and one that comes later, when a worker ends by itself. */
async function died(first: number): Promise<readonly object[]> {
  const model = await slowModel();
  const waiting = await outcome(model.vjp({ feeds: { x: row(first) } }));
  const later = await outcome(model.forward({ feeds: { x: row(0) } }));
  await model.dispose();
  return [waiting, later];
}

Object.assign(globalThis, { play: (name: string) => scenes[name]!() });
