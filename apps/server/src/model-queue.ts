import { HttpError } from "./http-error.ts";

/** Work for a model that waits its turn. */
export interface Task<I, O> {
  readonly input: I;
  /** Tasks of one key may run together; null: runs alone. */
  readonly key: string | null;
  /** How much it is, in gradients. */
  readonly cost: number;
  readonly rows: number;
  /** Aborted when the time is over, the client has left, or the server stops. */
  readonly signal: AbortSignal;
  /** Seconds that the caller has. */
  readonly seconds: number;
  resolve(output: O): void;
  reject(error: unknown): void;
}

export interface QueueOptions<I, O> {
  /** Runs inputs together: an output for each. */
  readonly run: (inputs: readonly I[], signal: AbortSignal) => Promise<readonly O[]>;
  /** Runs at a time. */
  readonly lanes: number;
  readonly mostWaiting: number;
  /** Rows that run together. */
  readonly mostRows: number;
  readonly onRun?: ((run: { readonly tasks: number; readonly rows: number; readonly seconds: number }) => void) | undefined;
}

/** How much a new measurement counts. */
const WEIGHT = 0.2;

/**
 * The requests of one model: as many run at a time as it has threads, those that came meanwhile run together where they may. Whoever cannot be
 * answered in time is refused at once rather than kept waiting for nothing.
 */
export class ModelQueue<I, O> {
  readonly #options: QueueOptions<I, O>;
  readonly #waiting: Task<I, O>[] = [];
  #running = 0;
  #runningCost = 0;
  /** Seconds of a gradient. */
  #pace: number | null = null;
  #drained: (() => void) | null = null;

  constructor(options: QueueOptions<I, O>) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Seconds until a request that comes now would be answered, as far as is known. */
  wait(cost: number): number {
    const before = this.#runningCost + this.#waiting.reduce((sum, task) => sum + task.cost, 0);
    return this.#pace === null ? 0 : ((before + cost) * this.#pace) / this.#options.lanes;
  }

  /** @throws {HttpError} 429 where it would wait too long; whatever running throws; the signal's reason */
  submit(task: Omit<Task<I, O>, "resolve" | "reject">): Promise<O> {
    const wait = this.wait(task.cost);
    if (this.#waiting.length >= this.#options.mostWaiting || (this.#waiting.length > 0 && wait > task.seconds)) {
      const seconds = Math.max(1, Math.ceil(wait));
      return Promise.reject(new HttpError(429, "BUSY", `${this.#waiting.length} requests wait for this model. Try again in ${seconds} s.`, seconds));
    }
    return new Promise((resolve, reject) => {
      const settle = (): void => task.signal.removeEventListener("abort", leave);
      const entry: Task<I, O> = { ...task, resolve: (output) => (settle(), resolve(output)), reject: (error) => (settle(), reject(error)) };
      const leave = (): void => {
        const at = this.#waiting.indexOf(entry);
        if (at >= 0) this.#waiting.splice(at, 1);
        entry.reject(task.signal.reason);
      };
      task.signal.addEventListener("abort", leave, { once: true });
      if (task.signal.aborted) return leave();
      this.#waiting.push(entry);
      // Those that come at the same moment are seen together.
      setImmediate(() => this.#pump());
    });
  }

  /** Waits until nothing runs or waits. */
  drain(): Promise<void> {
    if (this.#running === 0 && this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => (this.#drained = resolve));
  }

  #pump(): void {
    while (this.#running < this.#options.lanes && this.#waiting.length > 0) void this.#start(this.#next());
    if (this.#running === 0 && this.#waiting.length === 0) this.#drained?.();
  }

  /** The one that waits longest, and those behind it that may run with it. */
  #next(): readonly Task<I, O>[] {
    const first = this.#waiting.shift()!;
    const together = [first];
    let { rows } = first;
    for (const task of first.key === null ? [] : this.#waiting.filter(({ key }) => key === first.key)) {
      if (rows + task.rows > this.#options.mostRows) break;
      this.#waiting.splice(this.#waiting.indexOf(task), 1);
      together.push(task);
      rows += task.rows;
    }
    return together;
  }

  async #start(tasks: readonly Task<I, O>[]): Promise<void> {
    const cost = tasks.reduce((sum, task) => sum + task.cost, 0);
    this.#running += 1;
    this.#runningCost += cost;
    const started = performance.now();
    const all = allAborted(tasks.map(({ signal }) => signal));
    try {
      await this.#runTogether(tasks, all.signal);
    } finally {
      all.end();
      const seconds = (performance.now() - started) / 1000;
      if (!all.signal.aborted) this.#pace = this.#pace === null ? seconds / cost : this.#pace + WEIGHT * (seconds / cost - this.#pace);
      this.#options.onRun?.({ tasks: tasks.length, rows: tasks.reduce((sum, { rows }) => sum + rows, 0), seconds });
      this.#running -= 1;
      this.#runningCost -= cost;
      this.#pump();
    }
  }

  async #runTogether(tasks: readonly Task<I, O>[], signal: AbortSignal): Promise<void> {
    try {
      const outputs = await this.#options.run(
        tasks.map(({ input }) => input),
        signal,
      );
      tasks.forEach((task, n) => task.resolve(outputs[n]!));
    } catch (error) {
      if (tasks.length === 1) return tasks[0]!.reject(error);
      // One of them is wrong, and the others shall not suffer for it.
      for (const task of tasks) if (!task.signal.aborted) await this.#runTogether([task], task.signal);
    }
  }
}

/** Aborted once all of them are: a run goes on for the one that is still there. */
function allAborted(signals: readonly AbortSignal[]): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const check = (): void => {
    if (signals.every(({ aborted }) => aborted)) controller.abort(signals[0]!.reason);
  };
  for (const signal of signals) signal.addEventListener("abort", check);
  check();
  return {
    signal: controller.signal,
    end: () => {
      for (const signal of signals) signal.removeEventListener("abort", check);
    },
  };
}
