import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

/** What Prometheus is told. */
export interface Metrics {
  readonly registry: Registry;
  readonly requests: Histogram<"route" | "status">;
  readonly rows: Counter<"model" | "kind">;
  readonly batches: Histogram<"model">;
  readonly runs: Histogram<"model">;
  readonly loads: Counter<"model" | "outcome">;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** @param waiting requests that wait, by model */
export function createMetrics(waiting: () => ReadonlyMap<string, number>): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const waitingRequests = new Gauge({
    name: "xdeep_waiting_requests",
    help: "Requests that wait for a model.",
    labelNames: ["model"],
    registers: [],
    collect() {
      this.reset();
      for (const [model, count] of waiting()) this.set({ model }, count);
    },
  });
  registry.registerMetric(waitingRequests);
  return {
    registry,
    requests: new Histogram({
      name: "xdeep_request_seconds",
      help: "From the head of a request to the end of its answer.",
      labelNames: ["route", "status"],
      buckets: SECONDS,
      registers,
    }),
    rows: new Counter({ name: "xdeep_rows_total", help: "Rows that were answered.", labelNames: ["model", "kind"], registers }),
    batches: new Histogram({
      name: "xdeep_batch_rows",
      help: "Rows of requests that ran together.",
      labelNames: ["model"],
      buckets: [1, 2, 4, 8, 16, 32, 64],
      registers,
    }),
    runs: new Histogram({
      name: "xdeep_run_seconds",
      help: "Time of the engine for requests that ran together.",
      labelNames: ["model"],
      buckets: SECONDS,
      registers,
    }),
    loads: new Counter({ name: "xdeep_model_loads_total", help: "Models that were loaded, or failed to.", labelNames: ["model", "outcome"], registers }),
  };
}
