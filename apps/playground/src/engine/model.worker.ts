import { serve } from "@xdeep/worker/serve";

import { answerTask, type TaskMessage } from "./answer-task.ts";
import { openModel } from "./open-model.ts";

/** The thread of a model: it loads it, runs it for @xdeep/worker, and does what would hold up the page. */
serve(openModel);

addEventListener("message", ({ data }: MessageEvent<TaskMessage>) => {
  if (data?.type === "page.task") void answerTask(data);
});
