import { setFlagsFromString } from "node:v8";

/**
 * Keeps V8's own threads off the cores that the engines of other workers need. To be called before threads start.
 *
 * Heaps may grow to five times of what they hold before all of it is looked through, where V8 by itself takes 1.3 times and 24 MB: each picture leaves 2 MB
 * of arrays behind, so that every fifth one had all objects of a loaded model looked through.
 *
 * Functions are optimized when they have run five times as long as V8 by itself waits for. Half a second for each thread went into those that run for
 * microseconds beside an engine. Later versions of V8 wait by themselves.
 */
export function leaveCoresToEngines(): void {
  setFlagsFromString("--heap-growing-percent=400");
  if (Number.parseInt(process.versions.v8, 10) < 12) setFlagsFromString("--interrupt-budget=600000");
}
