import { once } from "node:events";

import type { Manifest } from "@xdeep/batch";
import { XDeepError, printable } from "@xdeep/core";
import { Redis } from "ioredis";

/** What a job holds: a shard of the manifest that its queue belongs to. No path travels through Redis. */
export interface ShardJob {
  readonly shard: number;
}

/** Milliseconds in which Redis must answer when work begins. Later it may go and come as it likes. */
const TIME_TO_CONNECT = 10_000;

/** The same for everybody who has the same manifest. */
export function queueName({ id }: Manifest): string {
  return `xdeep-${id.slice(0, 32)}`;
}

/** A connection to Redis, and those that a queue makes of it. */
export interface Connection {
  readonly client: Redis;
  /** Ends all of them at once, although Redis may be away: nothing waits for it any more. */
  cut(): void;
}

/**
 * Connects to Redis. Once it has answered, commands wait for as long as it is away.
 *
 * @throws {XDeepError} QUEUE_UNAVAILABLE where it does not answer; OPTION_INVALID for what is no URL of Redis
 */
export async function connect(url: string): Promise<Connection> {
  if (!/^rediss?:\/\//.test(url)) {
    throw new XDeepError("OPTION_INVALID", `"${printable(url)}" is no Redis: give redis://host:6379, or rediss:// for TLS.`, { details: { option: "url" } });
  }
  const client = new Redis(url, { maxRetriesPerRequest: null });
  const clients = [client];
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (...options) => {
    const other = duplicate(...options);
    clients.push(other);
    return other;
  };
  let reason = "";
  client.on("error", (error: Error & { readonly code?: string }) => (reason = error.message || (error.code ?? "")));
  const cut = (): void => clients.forEach((each) => each.disconnect());
  try {
    await once(client, "ready", { signal: AbortSignal.timeout(TIME_TO_CONNECT) });
    return { client, cut };
  } catch (cause) {
    cut();
    const place = printable(url.replace(/\/\/.*@/, "//"));
    throw new XDeepError(
      "QUEUE_UNAVAILABLE",
      `${place} does not answer${reason === "" ? "" : ` (${reason})`}. Is Redis running, and may this machine reach it?`,
      { cause },
    );
  }
}
