import type { Engine } from "./engine.ts";

/** The last call of each engine that takes one at a time. */
const last = new WeakMap<object, Promise<unknown>>();

/**
 * Calls the engine when its earlier calls have ended. onnxruntime-web is one WebAssembly module that is suspended while a GPU works: a call that comes
 * meanwhile, of another session too, would never end. onnxruntime-node takes any number.
 */
export function inTurn<T>({ name, ort }: Engine, call: () => Promise<T>): Promise<T> {
  if (name === "onnxruntime-node") return call();
  const turn = (last.get(ort) ?? Promise.resolve()).then(call);
  last.set(
    ort,
    turn.catch(() => undefined),
  );
  return turn;
}
