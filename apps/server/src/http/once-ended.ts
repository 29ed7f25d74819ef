import type { ServerResponse } from "node:http";

/** Called when an answer is sent, or its client has left before: once, whichever comes first. */
export function onceEnded(response: ServerResponse, then: (end: { readonly isSent: boolean }) => void): void {
  let isEnded = false;
  const end = (isSent: boolean) => (): void => {
    if (isEnded) return;
    isEnded = true;
    then({ isSent });
  };
  // Answers that are injected, without a socket, never close.
  response.once("finish", end(true)).once("close", end(false));
}
