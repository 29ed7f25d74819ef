import type { Attribution, Input } from "@xdeep/core";

import { METHODS, type MethodSettings, methodById } from "../explain/methods.ts";
import { runMethod } from "../explain/run-method.ts";
import { type ScoreList, highest, scoreList } from "../explain/score-list.ts";
import { inPageWords } from "../in-page-words.ts";
import type { LoadedModel } from "./loaded-model.ts";
import type { PageInput } from "./page-input.ts";

export interface Cell {
  readonly attribution: Attribution<Input> | null;
  /** A first map, of few steps. */
  readonly isPreview: boolean;
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly problem: string | null;
  readonly milliseconds: number | null;
}

const EMPTY: Cell = { attribution: null, isPreview: false, progress: null, problem: null, milliseconds: null };

export function cellKey(method: string, target: number | null): string {
  return `${method}/${target ?? "highest"}`;
}

/** What the model says of an input, and the maps of it: methods × targets. */
export class MapGrid {
  scores: ScoreList | null = $state.raw(null);
  /** The output that was chosen; null for the first. */
  output: string | null = $state(null);
  targets: readonly (number | null)[] = $state.raw([]);
  methods: readonly string[] = $state.raw(["guided", "integrated"]);
  settings: MethodSettings = $state.raw({ steps: 32, draws: 16 });
  cells: Readonly<Record<string, Cell>> = $state.raw({});
  /** The visitor chose the targets: they stay when the input changes. */
  #isChosen = false;
  /** The input that the scores are of. */
  #scored: PageInput | null = null;

  /** The map that is looked at: that of the first method and target. */
  get first(): Attribution<Input> | null {
    return this.cells[cellKey(this.methods[0]!, this.targets[0] ?? null)]?.attribution ?? null;
  }

  clear(): void {
    this.cells = {};
  }

  /** Another model, whose classes are not those that were chosen; or the same again, elsewhere. */
  begin(isSame: boolean): void {
    this.scores = null;
    this.#scored = null;
    this.clear();
    if (isSame) return;
    this.output = null;
    this.targets = [];
    this.#isChosen = false;
  }

  /** Another output, whose classes are not those that were chosen. */
  setOutput(output: string): void {
    this.output = output;
    this.#scored = null;
    this.#isChosen = false;
    this.clear();
  }

  choose(targets: readonly (number | null)[]): void {
    this.targets = targets;
    this.#isChosen = true;
  }

  /** Asks the model, before anything is explained. Targets are those that were chosen, where it has them, or the highest class. */
  async score({ model, explained }: LoadedModel, input: PageInput, signal: AbortSignal): Promise<void> {
    this.scores = await scoreList(model, explained.find(({ name }) => name === this.output) ?? explained[0], input.feeds, signal);
    this.#scored = input;
    const { classes } = this.scores;
    const isKnown = this.#isChosen && this.targets.length > 0 && classes !== null && this.targets.every((target) => target !== null && target < classes.length);
    if (!isKnown) this.targets = classes === null ? [null] : highest(classes, 1);
  }

  /** Those of these methods that there are, in the order of the buttons. */
  setMethods(ids: readonly string[]): void {
    this.methods = METHODS.map(({ id }) => id).filter((id) => ids.includes(id));
  }

  setSettings(settings: MethodSettings): void {
    this.settings = settings;
    this.clear();
  }

  /** Makes the maps that are not there yet. */
  async explain(open: LoadedModel, input: PageInput, signal: AbortSignal, onMethod: (title: string) => void): Promise<void> {
    this.#endProgress({});
    if (this.#scored !== input) await this.score(open, input, signal);
    const { output } = this.scores!;
    for (const target of this.targets) {
      for (const id of this.methods) {
        const key = cellKey(id, target);
        if (this.cells[key]?.attribution != null && !this.cells[key].isPreview) continue;
        const method = methodById(id)!;
        onMethod(method.title);
        const start = performance.now();
        // What was ended writes nothing: the cell may be that of the next thing by now.
        const set = (change: Partial<Cell>): void => (signal.aborted ? undefined : this.#setCell(key, change));
        set({ progress: { done: 0, total: 1 }, problem: null });
        try {
          const attribution = await runMethod({
            model: open.model,
            wrt: open.wrt,
            method,
            feeds: input.feeds,
            target,
            output,
            settings: this.settings,
            baseline: input.text?.baseline,
            signal,
            onPreview: (preview) => set({ attribution: preview, isPreview: true }),
            onProgress: (progress) => set({ progress }),
          });
          set({ attribution, isPreview: false, progress: null, milliseconds: performance.now() - start });
        } catch (error) {
          set({ progress: null, problem: inPageWords(error) });
        }
        signal.throwIfAborted();
      }
    }
  }

  /** Nothing goes on: what was not finished was cancelled. */
  stop(input: PageInput | null): void {
    if (this.#scored !== input) this.scores = null;
    this.#endProgress({ problem: "cancelled" });
  }

  #endProgress(change: Partial<Cell>): void {
    for (const [key, { progress }] of Object.entries(this.cells)) if (progress !== null) this.#setCell(key, { progress: null, ...change });
  }

  #setCell(key: string, change: Partial<Cell>): void {
    this.cells = { ...this.cells, [key]: { ...(this.cells[key] ?? EMPTY), ...change } };
  }
}
