import type { Model } from "@xdeep/core";
import { inWorker, unpackError } from "@xdeep/worker";

import type { TaskReply, Tasks } from "./answer-task.ts";
import type { ModelFiles } from "./open-model.ts";

/** A thread for models and for what would hold up the page. */
export interface PageWorker {
  load(files: ModelFiles): Promise<Model>;
  ask<Name extends keyof Tasks>(name: Name, request: Parameters<Tasks[Name]>[0]): Promise<ReturnType<Tasks[Name]>>;
}

export function openWorker(): PageWorker {
  const thread = new Worker(new URL("./model.worker.ts", import.meta.url), { type: "module", name: "xdeep" });
  return {
    load: (files) => inWorker(thread as never, { arguments: [files] }),
    ask(name, request) {
      const { port1, port2 } = new MessageChannel();
      return new Promise((resolve, reject) => {
        port1.addEventListener("message", ({ data }: MessageEvent<TaskReply>) => {
          port1.close();
          if (data.failure === undefined) resolve(data.result as never);
          else reject(unpackError(data.failure));
        });
        port1.start();
        thread.postMessage({ type: "page.task", name, request, port: port2 }, [port2]);
      });
    },
  };
}
