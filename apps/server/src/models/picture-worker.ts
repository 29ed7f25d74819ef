import { parentPort } from "node:worker_threads";

import { preprocess } from "@xdeep/image";
import { packError } from "@xdeep/worker";

import type { PictureReply, PictureRequest } from "./picture-thread.ts";

/** The script of the thread that unpacks pictures: one of many millions of pixels takes a second, in which nothing else would be answered. */
parentPort!.on("message", ({ id, bytes, preprocessing, maxPixels }: PictureRequest) => {
  const reply = (message: PictureReply, transfer: ArrayBuffer[] = []): void => parentPort!.postMessage(message, transfer);
  preprocess(bytes, preprocessing, { maxPixels }).then(
    ({ tensor }) => reply({ id, tensor }, [tensor.data.buffer as ArrayBuffer]),
    (error: unknown) => reply({ id, error: packError(error) }),
  );
});
