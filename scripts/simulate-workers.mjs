// How long many shards take on machines that fail: `node scripts/simulate-workers.mjs` prints the table of docs/scale.md, and with figures of your own,
// such as `--shards 2000 --seconds 8 --workers 4 --hours 6`, what these would take.
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

/** 10⁶ rows in shards of 64, 4 seconds each, on ten machines. */
const COMMON = { shards: 15_625, seconds: 4, workers: 10, hours: Infinity, lease: 30, restart: 60, open: 2 };

/**
 * Seconds until all shards are written. A machine fails at random, `hours` after it began on average, and is back after `restart` seconds, and `open` ones
 * in which it loads its model. What it had of its shard is lost. The shard's lease, renewed twice in `lease` seconds, ends, and the shard is handed out again
 * when the queue looks next, which it does as often.
 */
export function simulate(options) {
  const { shards, seconds, workers, hours, lease, restart, open, seed = 1 } = { ...COMMON, ...options };
  check({ shards, seconds, workers, hours, lease, restart, open });
  const random = generator(seed);
  const failure = (now) => now - Math.log(1 - random()) * hours * 3600;
  const machines = Array.from({ length: workers }, () => ({ free: open, fails: failure(0) }));
  const returned = [];
  let [waiting, written, end, failures] = [shards, 0, 0, 0];
  while (written < shards) {
    const machine = machines.reduce((first, other) => (other.free < first.free ? other : first));
    const begun = machine.free;
    const back = returned.findIndex((time) => time <= begun);
    if (machine.fails <= begun) {
      // It had nothing at that moment.
      failures += 1;
      machine.free = Math.max(begun, machine.fails + restart + open);
      machine.fails = failure(machine.free);
    } else if (back < 0 && waiting === 0) {
      // Nothing to take before the next shard comes back.
      machine.free = Math.min(...returned);
    } else {
      if (back >= 0) returned.splice(back, 1);
      else waiting -= 1;
      if (machine.fails > begun + seconds) {
        machine.free = begun + seconds;
        written += 1;
        end = Math.max(end, machine.free);
      } else {
        failures += 1;
        const renewed = machine.fails - ((machine.fails - begun) % (lease / 2));
        returned.push(renewed + lease + (random() * lease) / 2);
        machine.free = machine.fails + restart + open;
        machine.fails = failure(machine.free);
      }
    }
  }
  return { seconds: end, failures, ideal: open + Math.ceil(shards / workers) * seconds };
}

/** How many shards may be begun for one that is written: machines that fail far more often than they finish one would never be done. */
const MOST_ATTEMPTS = 100;

function check({ shards, seconds, workers, hours, lease, restart, open }) {
  for (const [name, count] of Object.entries({ shards, workers }))
    if (!(Number.isInteger(count) && count >= 1)) throw new RangeError(`${name} is a whole number from 1 on, got ${count}`);
  for (const [name, time] of Object.entries({ seconds, lease })) if (!(time > 0 && time < Infinity)) throw new RangeError(`${name} is above 0, got ${time}`);
  for (const [name, time] of Object.entries({ restart, open })) if (!(time >= 0 && time < Infinity)) throw new RangeError(`${name} is 0 or more, got ${time}`);
  if (!(hours > 0)) throw new RangeError(`hours is above 0, or Infinity for machines that never fail, got ${hours}`);
  const attempts = Math.exp(seconds / (hours * 3600));
  if (attempts > MOST_ATTEMPTS)
    throw new RangeError(`A shard of ${seconds} s is hardly ever done on a machine that fails every ${hours * 3600} s: take smaller shards`);
}

/** Means of so many runs, each with other failures: those alone that had `failures` of them, where it is given. */
export function average(options, runs = 100, failures) {
  const all = Array.from({ length: runs }, (_, seed) => simulate({ ...options, seed }));
  const some = failures === undefined ? all : all.filter((run) => run.failures === failures);
  if (some.length === 0) throw new RangeError(`None of ${runs} runs had ${failures} failures`);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const seconds = some.map((run) => run.seconds).toSorted((a, b) => a - b);
  const quantile = (share) => seconds[Math.floor(share * (seconds.length - 1))];
  const { ideal } = some[0];
  return {
    runs: some.length,
    failures: mean(some.map((run) => run.failures)),
    seconds: mean(seconds),
    ideal,
    quantiles: [0, 0.25, 0.5, 0.75, 1].map(quantile),
  };
}

/** Rows of the table in docs/scale.md. */
export function table() {
  return [Infinity, 24, 4, 1, 0.25].map((hours) => {
    const { seconds, failures, ideal, quantiles } = average({ hours }, hours === Infinity ? 1 : 100);
    const often = hours === Infinity ? "never" : hours >= 1 ? `${hours} h` : `${hours * 60} min`;
    return `| ${often} | ${failures.toFixed(1)} | ${Math.round(seconds)} s | ${(seconds / ideal).toFixed(3)} | ${(quantiles.at(-1) / ideal).toFixed(3)} |`;
  });
}

/** Numbers in [0, 1) from a seed, of which those that follow each other have nothing in common: splitmix32. */
function generator(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let bits = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
  };
}

function main() {
  const names = [...Object.keys(COMMON), "runs", "failures"];
  const { values } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: "string" }])) });
  const { runs = 100, failures, ...options } = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
  if (Object.keys(values).length > 0) return console.log(average(options, runs, failures));
  console.log("| a machine fails every | failures | total | times the ideal | at most |\n|---|---|---|---|---|");
  for (const row of table()) console.log(row);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    main();
  } catch (error) {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  }
}
