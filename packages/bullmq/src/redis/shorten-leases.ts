import type { Worker } from "bullmq";
import type { Redis } from "ioredis";

/** No lease lasts so many times as long as it was given for: Redis' clock was set back since. */
const MOST_LEASES = 10;

/**
 * Shortens what lasts by hours because Redis' clock was set back: leases of workers that are gone, and the pause until somebody looks for these. Who is there
 * renews his lease, and loses nothing.
 *
 * @param lease seconds
 */
export async function shortenLeases(client: Redis, worker: Worker, lease: number): Promise<void> {
  const active = await client.lrange(worker.toKey("active"), 0, -1);
  for (const key of [worker.toKey("stalled-check"), ...active.map((id) => `${worker.toKey(id)}:lock`)]) {
    if ((await client.pttl(key)) > MOST_LEASES * 1000 * lease) await client.pexpire(key, 1000 * lease);
  }
}
