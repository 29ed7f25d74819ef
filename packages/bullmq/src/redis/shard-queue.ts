import type { Manifest } from "@xdeep/batch";
import { XDeepError } from "@xdeep/core";
import type { Queue, Worker } from "bullmq";
import type { Redis } from "ioredis";

/** What a job holds: a shard of the manifest that its queue belongs to. No path travels through Redis. */
export interface ShardJob {
  readonly shard: number;
}

/** All keys in Redis begin so, that a user may be held to them. */
export const PREFIX = "xdeep";

/** The same for everybody who has the same manifest. */
export function queueName({ id }: Manifest): string {
  return id.slice(0, 32);
}

export function jobId(shard: number): string {
  return `shard-${shard}`;
}

/** Either side of a queue. */
type Side = Pick<Queue | Worker, "keys" | "toKey">;

/** Removes all that a queue has in Redis. Whoever still works finds nothing to do. */
export async function forget(client: Redis, { keys, toKey }: Side): Promise<void> {
  const lists = await Promise.all([client.lrange(keys["wait"]!, 0, -1), client.lrange(keys["active"]!, 0, -1), client.zrange(keys["failed"]!, "0", "-1")]);
  const jobs = lists.flat().flatMap((id) => [toKey(id), `${toKey(id)}:lock`]);
  const all = [...Object.values(keys), ...jobs];
  for (let start = 0; start < all.length; start += AT_ONCE) await client.unlink(...all.slice(start, start + AT_ONCE));
}

const AT_ONCE = 1000;
/** Seconds for which Redis keeps why the work has ended: whoever waits for more looks more often. */
const KEEP_END = 60;

/** Leaves for everybody why the work has ended before its end. */
export async function leaveEnd(client: Redis, { toKey }: Side, error: XDeepError): Promise<void> {
  await client.set(toKey("end"), reasonOf(error), "EX", KEEP_END);
}

/** Why the work has ended, if it has. */
export async function findEnd(client: Redis, { toKey }: Side): Promise<XDeepError | null> {
  const reason = await client.get(toKey("end"));
  return reason === null ? null : errorOf(reason);
}

/** Forgets an earlier end: the work begins again. */
export async function beginAgain(client: Redis, { toKey }: Side): Promise<void> {
  await client.del(toKey("end"));
}

/** Marks what every row would meet, in the reason that a worker leaves. */
const OF_ALL_ROWS = "all: ";

export function reasonOf(error: XDeepError): string {
  return `${OF_ALL_ROWS}${JSON.stringify({ code: error.code, message: error.message })}`;
}

export function isOfAllRows(reason: string): boolean {
  return reason.startsWith(OF_ALL_ROWS);
}

export function errorOf(reason: string): XDeepError {
  if (!isOfAllRows(reason)) return new XDeepError("ENGINE_FAILED", `A shard failed again and again, the last time with: ${reason}`);
  const { code, message } = JSON.parse(reason.slice(OF_ALL_ROWS.length)) as Pick<XDeepError, "code" | "message">;
  return new XDeepError(code, message);
}
