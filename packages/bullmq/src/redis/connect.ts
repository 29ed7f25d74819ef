import { once } from "node:events";

import { XDeepError } from "@xdeep/core";
import { Redis } from "ioredis";

import { addressOf } from "./address.ts";
import { adviceFor } from "./refusal.ts";

/** Milliseconds in which Redis must answer when work begins. Later it may go and come as it likes. */
const TIME_TO_CONNECT = 10_000;
/** Milliseconds after which a connection that says nothing to what it is asked is made anew: what lies between may have forgotten it. */
const TIME_TO_ANSWER = 15_000;
/** Milliseconds for which the end of a connection is waited for, where Redis says nothing or has parted already. */
const TIME_TO_PART = 100;

/** A connection to Redis, and those that a queue makes of it. */
export interface Connection {
  readonly client: Redis;
  /** Ends all of them at once, although Redis may be away: nothing waits for it any more. */
  cut(): void;
}

/**
 * Connects to Redis. Once it has answered, commands wait for as long as it is away.
 *
 * @param onNotice told when Redis goes away, and when it comes back
 * @throws {XDeepError} QUEUE_UNAVAILABLE where it does not answer; OPTION_INVALID for what is no address of Redis
 */
export async function connect(url: string, onNotice: (text: string) => void = () => undefined): Promise<Connection> {
  const { options, shown } = addressOf(url);
  const client = quietAboutEviction(new Redis({ ...options, maxRetriesPerRequest: null, socketTimeout: TIME_TO_ANSWER, disconnectTimeout: TIME_TO_PART }));
  const clients = [client];
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (...changes) => {
    const other = quietAboutEviction(duplicate(...changes));
    clients.push(other);
    return other;
  };
  let reason = "";
  client.on("error", (error: Error & { readonly code?: string }) => (reason = error.message || (error.code ?? "")));
  // One that has ended would be waited for once more.
  const cut = (): void => clients.filter(({ status }) => status !== "end").forEach((each) => each.disconnect());
  try {
    await once(client, "ready", { signal: AbortSignal.timeout(TIME_TO_CONNECT) });
  } catch {
    cut();
    throw new XDeepError("QUEUE_UNAVAILABLE", `${shown} does not answer${reason === "" ? "" : ` (${reason.replace(/\.$/, "")})`}. ${adviceFor(reason)}`);
  }
  tellOfAbsence(client, shown, onNotice);
  return { client, cut };
}

function tellOfAbsence(client: Redis, shown: string, onNotice: (text: string) => void): void {
  let told = "";
  const tell = (text: string): void => {
    if (text !== told) onNotice(text);
    told = text;
  };
  client.on("reconnecting", () => (told === "" ? tell(`${shown} is away, and waited for.`) : undefined));
  client.on("error", ({ message }: Error) => (/^(?:NOAUTH|WRONGPASS)/.test(message) ? tell(`${shown} says: ${message} ${adviceFor(message)}`) : undefined));
  client.on("ready", () => {
    if (told !== "") onNotice(`${shown} is there again.`);
    told = "";
  });
}

/** BullMQ prints a warning of its own where Redis evicts; here, what it evicts is handed out again. */
function quietAboutEviction(client: Redis): Redis {
  const info = client.info.bind(client) as (...args: unknown[]) => Promise<string>;
  client.info = (async (...args: unknown[]) => (await info(...args))?.replace(/^maxmemory_policy:.*$/m, "maxmemory_policy:noeviction")) as typeof client.info;
  return client;
}
