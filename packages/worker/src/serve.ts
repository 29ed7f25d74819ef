import type { ForwardRequest, Model, VjpRequest } from "@xdeep/core";
import { factsOf } from "@xdeep/core/backend";

import { packError } from "./carried-error.ts";
import { holdLifeLock } from "./life-lock.ts";
import type { LoadMessage, ModelReply, ModelRequest } from "./messages.ts";
import { standBack } from "./niceness.ts";
import { packedResult } from "./packed-tensors.ts";
import { memoryOf } from "./spare-memory.ts";
import { listen, ownPort } from "./thread.ts";

/** Makes the model that a worker is for. The arguments are those of `inWorker`, cloned. */
export type Load = (...args: never[]) => Promise<Model> | Model;

/**
 * Called once in the script of a worker, it answers `inWorker` on the other side: every call there loads a model of its own here.
 *
 * @example
 * // explain.worker.js
 * import { loadModel } from "@xdeep/onnxruntime";
 * import { serve } from "@xdeep/worker/serve";
 * serve((url) => loadModel(url));
 */
export function serve(load: Load): void {
  listen(ownPort(), (message) => {
    if ((message as LoadMessage | null)?.type === "xdeep.load") void answer(message as LoadMessage, load);
  });
}

async function answer({ port, arguments: args, lock, niceness }: LoadMessage, load: Load): Promise<void> {
  const reply = (message: ModelReply, request: object = {}): void => {
    const moved = packedResult(message);
    const spare = memoryOf(request, moved);
    port.postMessage(spare.length === 0 ? moved.message : { ...moved.message, spare }, [...moved.transfer, ...spare]);
  };
  try {
    standBack(niceness);
    if (lock !== null) await holdLifeLock(lock).then(() => reply({ type: "alive" }));
    const model = await load(...(args as never[]));
    if (typeof model !== "object" || model === null)
      throw new TypeError(`The function given to inWorker or serve returned ${String(model)}, and no model. Return what loadModel gives.`);
    listen(
      port,
      createResponder(model, reply, () => port.close()),
    );
    const answers = { layers: model.layers !== undefined, attention: model.attention !== undefined };
    reply({ type: "loaded", facts: factsOf(model), answers });
  } catch (error) {
    reply({ type: "failed", id: null, error: packError(error) });
    port.close();
  }
}

function createResponder(model: Model, reply: (message: ModelReply, request?: object) => void, close: () => void): (message: unknown) => void {
  const aborts = new Map<number, AbortController>();
  const running = new Set<Promise<void>>();

  async function run({ id, type, request }: Extract<ModelRequest, { readonly request: object }>): Promise<void> {
    const controller = new AbortController();
    aborts.set(id, controller);
    const { signal } = controller;
    try {
      // What a model has answered for, it reads no more: its memory goes back for the next request.
      reply({ type: "result", id, result: await ask(type, request, signal) }, request);
    } catch (error) {
      reply({ type: "failed", id, error: packError(error) });
    } finally {
      aborts.delete(id);
    }
  }

  async function ask(type: string, request: object, signal: AbortSignal): Promise<object> {
    if (type === "layers") return model.layers!(request);
    if (type === "attention") return model.attention!();
    return type === "forward" ? model.forward({ ...(request as ForwardRequest), signal }) : model.vjp({ ...(request as VjpRequest), signal });
  }

  /** Calls that are under way are answered first: after that nobody listens. */
  async function dispose(id: number): Promise<void> {
    const disposed = model.dispose();
    await Promise.all(running);
    await disposed.then(
      () => reply({ type: "result", id, result: null }),
      (error: unknown) => reply({ type: "failed", id, error: packError(error) }),
    );
    close();
  }

  return (data) => {
    const message = data as ModelRequest;
    if (message.type === "abort") return aborts.get(message.id)?.abort();
    if (message.type === "dispose") return void dispose(message.id);
    const call = run(message);
    running.add(call);
    void call.then(() => running.delete(call));
  };
}
