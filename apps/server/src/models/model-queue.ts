import { HttpError } from "../http/http-error.ts";

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
  /** When they are over, by the clock of `performance`. */
  readonly until: number;
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
  /** Requests that are being read for this queue. */
  #entered = 0;
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

  /** @throws {HttpError} 429 where nobody else may wait */
  refuseWhenFull(): void {
    if (this.#isFull()) throw this.#busy(this.wait(0));
  }

  /** @throws {HttpError} 429 where it would wait too long; whatever running throws; the signal's reason */
  submit(task: Omit<Task<I, O>, "resolve" | "reject" | "until">): Promise<O> {
    const wait = this.wait(task.cost);
    if (this.#isFull() || (this.#waiting.length > 0 && wait > task.seconds)) return Promise.reject(this.#busy(wait));
    return new Promise((resolve, reject) => {
      const settle = (): void => task.signal.removeEventListener("abort", leave);
      const until = performance.now() + 1000 * task.seconds;
      const entry: Task<I, O> = { ...task, until, resolve: (output) => (settle(), resolve(output)), reject: (error) => (settle(), reject(error)) };
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

  #isFull(): boolean {
    return this.#waiting.length >= this.#options.mostWaiting;
  }

  #busy(wait: number): HttpError {
    const seconds = Math.max(1, Math.ceil(wait));
    return new HttpError(429, "BUSY", `${this.#waiting.length} requests wait for this model. Try again in ${seconds} s.`, seconds);
  }

  /** Holds the model for a request that is still being read; what comes back lets it go. */
  enter(): () => void {
    this.#entered += 1;
    return () => {
      this.#entered -= 1;
      if (this.#isIdle) this.#drained?.();
    };
  }

  /** Waits until nothing runs or waits, and nobody is about to ask. */
  drain(): Promise<void> {
    if (this.#isIdle) return Promise.resolve();
    return new Promise((resolve) => (this.#drained = resolve));
  }

  get #isIdle(): boolean {
    return this.#entered === 0 && this.#running === 0 && this.#waiting.length === 0;
  }

  #pump(): void {
    this.#dropLate();
    while (this.#running < this.#options.lanes && this.#waiting.length > 0) void this.#start(this.#next());
    if (this.#isIdle) this.#drained?.();
  }

  /**
   * Who can no longer be answered in time is told now: running it would only make the next one late. Where that would be all of them and nothing runs,
   * the youngest is tried nevertheless, so that a pace that was measured in bad times is measured again.
   */
  #dropLate(): void {
    const pace = this.#pace ?? 0;
    const late = this.#waiting.filter(({ until, cost }) => performance.now() + 1000 * pace * cost > until);
    const isIdle = this.#running === 0 && late.length === this.#waiting.length;
    for (const task of isIdle ? late.slice(0, -1) : late) {
      this.#waiting.splice(this.#waiting.indexOf(task), 1);
      task.reject(new HttpError(504, "DEADLINE", `The explanation would not have been ready within ${task.seconds} s.`));
    }
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
      this.#measure(seconds / cost, all.signal.aborted);
      this.#options.onRun?.({ tasks: tasks.length, rows: tasks.reduce((sum, { rows }) => sum + rows, 0), seconds });
      this.#running -= 1;
      this.#runningCost -= cost;
      this.#pump();
    }
  }

  /** A run that was ended before its end took longer than it says. */
  #measure(pace: number, isCutOff: boolean): void {
    if (this.#pace === null) this.#pace = pace;
    else if (!isCutOff || pace > this.#pace) this.#pace += WEIGHT * (pace - this.#pace);
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
