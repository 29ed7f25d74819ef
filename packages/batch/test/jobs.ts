/**
 * A job without an engine: a row is bytes or numbers, its attribution `job.factor` times these, its score their sum. Files and numbers that say so do
 * harm: 100 finds no memory for the model, 101 throws, 102 ends the thread, 103 takes all memory, 104 kills the process, 105 is
 * what every row would meet.
 */
export const SCALING_JOB = `
  export function openJob({ factor, rowsPerCall, fails, slow = 0 }) {
    if (fails) throw Object.assign(new Error("no such method"), { name: "XDeepError", code: "OPTION_INVALID", details: {} });
    return {
      rowsPerCall,
      provenance: { engine: "none" },
      async explain(rows, { signal }) {
        if (slow > 0) await new Promise((resolve) => setTimeout(resolve, slow));
        signal.throwIfAborted();
        const results = [];
        for (const row of rows) {
          const input = await row.load();
          const data = input.kind === "file" ? [...input.bytes] : [...input.data];
          const [first] = data;
          if (first === 100) throw Object.assign(new Error("bad_alloc"), { name: "XDeepError", code: "ENGINE_FAILED", details: { noMemoryForModel: true } });
          if (first === 101) throw Object.assign(new Error("poison"), { name: "XDeepError", code: "INPUT_NOT_FINITE", details: {} });
          if (first === 102) process.exit(3);
          if (first === 105) throw Object.assign(new Error("no such rule"), { name: "XDeepError", code: "RULE_UNKNOWN", details: {} });
          if (first === 104) process.kill(process.pid, "SIGKILL");
          if (first === 103) for (const memory = []; ; ) memory.push(Array.from({ length: 100_000 }, Math.random));
          const values = Float32Array.from(data, (value) => factor * value);
          const score = data.reduce((a, b) => a + b, 0);
          results.push({
            values: { scaled: { type: "float32", dims: [values.length], data: values } },
            target: row.target === undefined ? first % 3 : Number(row.target),
            targetName: "class " + (first % 3),
            score,
            deltas: { scaled: first / 1000 },
          });
        }
        return results;
      },
    };
  }
`;

/** A job of somebody who forgot what arrays hold. */
export const WIDE_JOB = `
  const wide = { type: "float64", dims: [2], data: new Float64Array(2) };
  export const openJob = () => ({ provenance: {}, explain: async (rows) => rows.map(() => ({ values: { wide }, target: 0, score: 1 })) });
`;
