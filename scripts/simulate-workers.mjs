// How long many shards take on machines that fail: `node scripts/simulate-workers.mjs` prints the table of docs/scale.md.
import { pathToFileURL } from "node:url";

/**
 * Seconds until all shards are written. A machine fails at random, `hours` after it began on average, and is back after `restart` seconds; its shard is
 * handed out again between one and one and a half leases later, when the queue looks. What it had of the shard is lost.
 */
export function simulate({ shards, seconds, workers, hours, lease = 30, restart = 60, open = 2, seed = 1 }) {
  const random = generator(seed);
  const failure = (now) => now - Math.log(1 - random()) * hours * 3600;
  const machines = Array.from({ length: workers }, () => ({ free: open, fails: failure(0) }));
  let waiting = shards;
  const returned = [];
  let [end, failures] = [0, 0];
  for (let written = 0; written < shards;) {
    const machine = machines.reduce((first, other) => (other.free < first.free ? other : first));
    const back = returned.findIndex((time) => time <= machine.free);
    if (back >= 0) returned.splice(back, 1);
    else if (waiting > 0) waiting -= 1;
    else {
      // Nothing to take before the next shard comes back.
      machine.free = Math.min(...returned.filter((time) => time > machine.free), Infinity);
      if (machine.free === Infinity) break;
      continue;
    }
    const done = machine.free + seconds;
    if (machine.fails > done) {
      machine.free = done;
      written += 1;
      end = Math.max(end, done);
    } else {
      failures += 1;
      returned.push(machine.fails + lease * (1 + random() / 2));
      machine.free = machine.fails + restart + open;
      machine.fails = failure(machine.free);
    }
  }
  return { seconds: end, failures, ideal: open + Math.ceil(shards / workers) * seconds };
}

/** Rows of the table: 10⁶ rows in shards of 64, 4 seconds each, on ten machines. */
export function table() {
  const common = { shards: 15_625, seconds: 4, workers: 10 };
  return [Infinity, 24, 4, 1, 0.25].map((hours) => {
    const { seconds, failures, ideal } = simulate({ ...common, hours });
    const mean = hours === Infinity ? "never" : hours >= 1 ? `${hours} h` : `${hours * 60} min`;
    return `| ${mean} | ${failures} | ${Math.round(seconds)} s | ${(seconds / ideal).toFixed(3)} |`;
  });
}

/** Numbers in [0, 1) from a seed: Park and Miller's. */
function generator(seed) {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log("| a machine fails every | failures | total | times the ideal |\n|---|---|---|---|");
  for (const row of table()) console.log(row);
}
