import type { ModelInspection } from "@xdeep/autodiff";
import { type Attribution, type Input, type Model, type Tensor, type ValueInfo, isXDeepError } from "@xdeep/core";
import { isFloatType } from "@xdeep/core/method";
import {
  type Preprocessing,
  type PreprocessingOverrides,
  type RgbImage,
  fittedTo,
  guessPreset,
  importPreprocessing,
  pictureInput,
  resolvePreprocessing,
} from "@xdeep/image";

import type { EncodedText } from "@xdeep/text";
import { embeddingOf } from "@xdeep/text/attribution";

import { BUILT_IN, type BuiltIn, type Sample } from "./built-in.ts";
import type { Device, ModelFiles } from "./engine/open-model.ts";
import { type PageWorker, openWorker } from "./engine/open-worker.ts";
import { METHODS, type MethodSettings, methodById } from "./explain/methods.ts";
import { runMethod } from "./explain/run-method.ts";
import { tokenNames } from "./explain/token-names.ts";
import { type ScoreList, explainedOutput, highest, scoreList } from "./explain/score-list.ts";
import { inPageWords } from "./in-page-words.ts";
import { isPictureInput } from "./input/is-picture-input.ts";
import { readLabels } from "./input/read-labels.ts";
import { parseFeeds, readNumbersFile } from "./input/read-numbers.ts";
import { sortFiles } from "./input/sort-files.ts";

/** A model that is loaded. */
export interface OpenModel {
  readonly title: string;
  readonly files: ModelFiles;
  readonly builtIn: BuiltIn | null;
  readonly model: Model;
  /** What can be explained in it; null for models of TensorFlow.js. */
  readonly inspection: ModelInspection | null;
  readonly info: ValueInfo;
  readonly takesPictures: boolean;
  /** Values inside that are explained where the model takes integers alone, such as the vectors of tokens; undefined for its float inputs. */
  readonly wrt: readonly string[] | undefined;
}

/** What is fed. */
export interface PageInput {
  readonly name: string;
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** As the model sees it, where it is a picture. */
  readonly picture: RgbImage | null;
  /** The tokens and words of a sentence, where it is one. */
  readonly text?: (EncodedText & { readonly sentence: string }) | undefined;
}

export interface Cell {
  readonly attribution: Attribution<Input> | null;
  /** A first map, of few steps. */
  readonly isPreview: boolean;
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly problem: string | null;
  readonly milliseconds: number | null;
}

export interface Problem {
  readonly message: string;
  readonly code: string | null;
}

const EMPTY: Cell = { attribution: null, isPreview: false, progress: null, problem: null, milliseconds: null };

export function cellKey(method: string, target: number | null): string {
  return `${method}/${target ?? "highest"}`;
}

/** Everything that the page knows, and what can be done with it. One thing is done at a time; the next one ends what goes on. */
export class Session {
  open: OpenModel | null = $state.raw(null);
  labels: readonly string[] = $state.raw([]);
  /** Words of a model of tokens, by their numbers. */
  vocabulary: readonly string[] = $state.raw([]);
  /** The tokenizer that texts are cut by; null where only numbers can be given. */
  tokenizer: { readonly hasConfig: boolean } | null = $state.raw(null);
  input: PageInput | null = $state.raw(null);
  preprocessing: Preprocessing | null = $state.raw(null);
  /** Why the preset was guessed; null where it is known. */
  guess: string | null = $state(null);
  scores: ScoreList | null = $state.raw(null);
  targets: readonly (number | null)[] = $state.raw([]);
  methods: readonly string[] = $state.raw(["guided", "integrated"]);
  settings: MethodSettings = $state.raw({ steps: 32, draws: 16 });
  cells: Readonly<Record<string, Cell>> = $state.raw({});
  device: Device = $state("wasm");
  /** The name of a GPU that is emulated on the CPU, once one was found. */
  emulatedGpu: string | null = $state(null);
  /** What goes on; null when nothing does. */
  busy: string | null = $state(null);
  problem: Problem | null = $state.raw(null);

  #worker: PageWorker | null = null;
  #running: AbortController | null = null;
  /** The visitor chose the targets: they stay when the input changes. */
  #isChosen = false;
  #source: { readonly name: string; readonly file: Blob } | null = null;

  get worker(): PageWorker {
    return (this.#worker ??= openWorker());
  }

  /** Maps of pictures are shares, and have one scale. Those of texts are values, which methods give in units of their own; bars have a scale each. */
  get hasOneScale(): boolean {
    return this.input?.picture != null || (this.input?.text !== undefined && this.methods.length === 1);
  }

  /** Names of the features of a table, or the tokens of a text. */
  namesOf(attribution: Attribution<Input> | null): readonly string[] | null {
    const features = this.open?.builtIn?.features ?? this.input?.text?.tokens.map(({ text }) => text);
    return features ?? (attribution === null || this.input === null ? null : tokenNames(attribution, this.input.feeds, this.vocabulary));
  }

  /** Does one thing: what went on is aborted, and what fails is said on the page. */
  async #do(what: string, act: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.busy = what;
    this.problem = null;
    try {
      await act(running.signal);
    } catch (error) {
      if (!running.signal.aborted) this.problem = { message: inPageWords(error) + this.#hint(error), code: isXDeepError(error) ? error.code : null };
    } finally {
      if (this.#running === running) {
        this.#running = null;
        this.busy = null;
      }
    }
  }

  /** Networks that leave the size of pictures open may fail at the one that was guessed. */
  #hint(error: unknown): string {
    if (!isXDeepError(error, "ENGINE_FAILED") || this.open?.takesPictures !== true) return "";
    const { size } = pictureInput(this.open.info);
    const isFixed = size !== null && size.width !== null && size.height !== null;
    return isFixed ? "" : "\nThe file leaves the size of pictures open: try another width and height under As the model sees it.";
  }

  cancel(): void {
    this.#running?.abort();
  }

  async openBuiltIn(
    builtIn: BuiltIn,
    sample: Sample = builtIn.samples[0]!,
    chosen: { readonly targets?: readonly number[]; readonly methods?: readonly string[] } = {},
  ): Promise<void> {
    await this.#do(`Loading ${builtIn.title}`, async (signal) => {
      const file = await fetchBlob(builtIn.url, signal);
      const name = `${builtIn.id}.onnx`;
      await this.#load({ kind: "onnx", main: name, files: { [name]: file }, device: this.device, shuffled: 0 }, builtIn.title, builtIn, signal);
      this.labels = builtIn.labels;
      const known = (chosen.methods ?? builtIn.methods).filter((id) => methodById(id) !== undefined);
      this.methods = known.length > 0 ? known : builtIn.methods;
      this.targets = [];
      await this.#takeSample(sample, signal);
      const targets = (chosen.targets ?? []).filter((target) => target < builtIn.labels.length);
      if (targets.length > 0) this.targets = targets;
      this.#isChosen = targets.length > 0;
      await this.#explain(signal);
    });
  }

  async useSample(sample: Sample): Promise<void> {
    await this.#do(`Reading ${sample.name}`, async (signal) => {
      await this.#takeSample(sample, signal);
      await this.#explain(signal);
    });
  }

  async #takeSample(sample: Sample, signal: AbortSignal): Promise<void> {
    if (sample.url === undefined) {
      this.#source = null;
      const { info } = this.open!;
      await this.#feed({ name: sample.name, feeds: parseFeeds(JSON.stringify(sample.numbers), [info]), picture: null }, signal);
    } else {
      this.#source = { name: sample.name, file: await fetchBlob(sample.url, signal) };
      await this.#readPicture(signal);
    }
  }

  /** What a visitor dropped or chose: a model, an input, labels, preprocessing, in any mixture. */
  async take(files: readonly File[]): Promise<void> {
    await this.#do("Reading files", async (signal) => {
      const { model, picture, numbers, labels, vocabulary, tokenizerConfig, preprocessing } = sortFiles(files);
      if (model !== null) {
        this.busy = `Loading ${model.main}`;
        await this.#load({ ...model, device: this.device, shuffled: 0 }, model.main, null, signal);
        this.labels = [];
        this.vocabulary = [];
        this.tokenizer = null;
        this.targets = [];
        // Gradients alone say little of the vectors of tokens, and few text models have rectifiers.
        if (this.open!.wrt !== undefined) this.methods = ["integrated"];
        const again = this.#source;
        this.#source = null;
        this.input = null;
        if (picture === null && numbers === null && again !== null && this.open!.takesPictures) this.#source = again;
      }
      if (labels !== null) this.labels = await readLabels(labels);
      if (vocabulary !== null) await this.#readVocabulary(vocabulary, tokenizerConfig);
      if (preprocessing !== null) await this.#importPreprocessing(preprocessing);
      if (this.open === null)
        throw new Error("Drop a model first: an .onnx file, or the model.json of TensorFlow.js with its weights. Or take one that is built in.");
      if (picture !== null) this.#source = { name: picture.name, file: picture };
      if (numbers !== null && picture === null) {
        this.#source = null;
        await this.#feed({ name: numbers.name, feeds: await readNumbersFile(numbers, this.open.model.inputs), picture: null }, signal);
      } else if (this.#source !== null) {
        await this.#readPicture(signal);
      }
      if (this.input !== null) await this.#explain(signal);
    });
  }

  /** A picture that is no file, such as a frame of a camera. */
  async takePicture(name: string, file: Blob): Promise<void> {
    await this.#do("Reading the picture", async (signal) => {
      this.#source = { name, file };
      await this.#readPicture(signal);
      await this.#explain(signal);
    });
  }

  async takeNumbers(text: string): Promise<void> {
    await this.#do("Reading numbers", async (signal) => {
      this.#source = null;
      await this.#feed({ name: "numbers", feeds: parseFeeds(text, this.open!.model.inputs), picture: null }, signal);
      await this.#explain(signal);
    });
  }

  async takeText(sentence: string): Promise<void> {
    await this.#do("Reading the text", async (signal) => {
      this.#source = null;
      const { model, wrt, inspection } = this.open!;
      const { inputs, defaultWrt } = model;
      const text = await this.worker.ask("encode", { text: sentence, model: { inputs, defaultWrt } });
      signal.throwIfAborted();
      const embedding = wrt === undefined ? null : await embeddingOf(model, inspection?.wrt ?? [], text, signal);
      if (embedding !== null) this.open = { ...this.open!, wrt: [embedding] };
      await this.#feed({ name: "text", feeds: text.feeds, picture: null, text: { ...text, sentence } }, signal);
      await this.#explain(signal);
    });
  }

  async changePreprocessing(change: PreprocessingOverrides): Promise<void> {
    await this.#do("Reading the picture again", async (signal) => {
      const fitted = fittedTo(pictureInput(this.open!.info));
      this.preprocessing = resolvePreprocessing("preset" in change ? { ...change, ...fitted } : { ...this.preprocessing!, ...change });
      this.guess = null;
      await this.#readPicture(signal);
      await this.#explain(signal);
    });
  }

  async changeDevice(device: Device): Promise<void> {
    const { open, input, cells, device: before } = this;
    if (open === null) return;
    const { files, title, builtIn } = open;
    this.device = device;
    await this.#do(`Starting ${device}`, async (signal) => {
      await this.#load({ ...files, device }, title, builtIn, signal, open).catch((error: unknown) => {
        this.emulatedGpu = emulatedGpu(error) ?? this.emulatedGpu;
        throw error;
      });
      if (input === null) return;
      await this.#feed(input, signal);
      await this.#explain(signal);
    });
    const isReplaced = this.open !== null || this.#running !== null;
    if (isReplaced) return;
    // What cannot run there, or was cancelled, goes on where it ran.
    const { problem } = this;
    this.device = before;
    await this.#do(`Going back to ${before}`, async (signal) => {
      await this.#load({ ...files, device: before }, title, builtIn, signal, open);
      if (input !== null) await this.#feed(input, signal);
      this.cells = cells;
    });
    this.problem ??= problem;
  }

  async explain(): Promise<void> {
    await this.#do("Explaining", (signal) => this.#explain(signal));
  }

  setTargets(targets: readonly (number | null)[]): Promise<void> {
    this.targets = targets;
    this.#isChosen = true;
    return this.explain();
  }

  setMethods(methods: readonly string[]): Promise<void> {
    this.methods = METHODS.map(({ id }) => id).filter((id) => methods.includes(id));
    return this.explain();
  }

  setSettings(settings: MethodSettings): Promise<void> {
    this.settings = settings;
    this.cells = {};
    return this.explain();
  }

  /** @param again the model that is loaded once more, elsewhere: what was chosen for it stays */
  async #load(files: ModelFiles, title: string, builtIn: BuiltIn | null, signal: AbortSignal, again: OpenModel | null = null): Promise<void> {
    const old = this.open;
    if (again === null) this.#isChosen = false;
    this.input = null;
    this.open = null;
    this.scores = null;
    this.cells = {};
    await old?.model.dispose();
    const inspection = files.kind === "onnx" ? await this.worker.ask("inspect", files.files[files.main]!) : null;
    signal.throwIfAborted();
    const model = await this.worker.load(files);
    if (signal.aborted) {
      await model.dispose();
      signal.throwIfAborted();
    }
    const info = model.inputs[0]!;
    this.open = { title, files, builtIn, model, inspection, info, takesPictures: isPictureInput(info), wrt: again?.wrt ?? explainedInside(model, inspection) };
    if (!this.open.takesPictures || again !== null) return;
    const taken = pictureInput(info);
    const guessed = guessPreset(taken);
    this.guess = builtIn?.preprocessing === undefined ? guessed.because : null;
    this.preprocessing = resolvePreprocessing(builtIn?.preprocessing ?? { preset: guessed.preset, ...fittedTo(taken) });
  }

  /** Words of tokens; sentences too where the file is that of a tokenizer. */
  async #readVocabulary(file: File, config: File | null): Promise<void> {
    this.vocabulary = await this.worker.ask("vocabulary", file);
    if (!/^tokenizer\.json$/i.test(file.name)) return;
    await this.worker.ask("keepTokenizer", { tokenizer: file, config });
    this.tokenizer = { hasConfig: config !== null };
  }

  async #importPreprocessing(file: File): Promise<void> {
    const { preprocessing, labels } = importPreprocessing(JSON.parse(await file.text()));
    if (labels !== null && labels !== undefined) this.labels = labels as readonly string[];
    if (this.open?.takesPictures === true) this.preprocessing = resolvePreprocessing({ ...preprocessing, ...fittedTo(pictureInput(this.open.info)) });
    this.guess = null;
  }

  async #readPicture(signal: AbortSignal): Promise<void> {
    if (this.#source === null) return;
    if (!this.open!.takesPictures || this.preprocessing === null)
      throw new Error(
        `"${this.open!.title}" takes no pictures: its input has dims [${this.open!.info.dims.map((dim) => dim ?? "?").join(", ")}]. Give it numbers.`,
      );
    const { name, file } = this.#source;
    const { tensor, picture } = await this.worker.ask("preprocess", { file, options: this.preprocessing });
    await this.#feed({ name, feeds: { [this.open!.info.name]: tensor }, picture }, signal);
  }

  /** What the model says, before anything is explained. */
  async #feed(input: PageInput, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.input = input;
    this.cells = {};
    this.scores = await scoreList(this.open!.model, input.feeds, signal);
    const { classes } = this.scores;
    const isKnown = this.#isChosen && this.targets.length > 0 && classes !== null && this.targets.every((target) => target !== null && target < classes.length);
    if (!isKnown) this.targets = classes === null ? [null] : highest(classes, 1);
  }

  async #explain(signal: AbortSignal): Promise<void> {
    const { open, input } = this;
    if (open === null || input === null) return;
    const output = explainedOutput(open.model)!.name;
    for (const target of this.targets) {
      for (const id of this.methods) {
        const key = cellKey(id, target);
        if (this.cells[key]?.attribution != null && !this.cells[key].isPreview) continue;
        const method = methodById(id)!;
        this.busy = `Explaining by ${method.title}`;
        const start = performance.now();
        this.#setCell(key, { progress: { done: 0, total: 1 }, problem: null });
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
            onPreview: (preview) => this.#setCell(key, { attribution: preview, isPreview: true }),
            onProgress: (progress) => this.#setCell(key, { progress }),
          });
          this.#setCell(key, { attribution, isPreview: false, progress: null, milliseconds: performance.now() - start });
        } catch (error) {
          this.#setCell(key, { progress: null, problem: signal.aborted ? "cancelled" : inPageWords(error) });
          signal.throwIfAborted();
        }
      }
    }
  }

  #setCell(key: string, change: Partial<Cell>): void {
    this.cells = { ...this.cells, [key]: { ...(this.cells[key] ?? EMPTY), ...change } };
  }
}

/** The name of a GPU that is emulated on the CPU, where a model was refused because of it. */
function emulatedGpu(error: unknown): string | null {
  return isXDeepError(error, "GPU_UNAVAILABLE") ? ((error.details as { readonly emulated?: string | null }).emulated ?? null) : null;
}

/** Of several embeddings, the first alone, as long as no text tells which of them is that of words. */
function explainedInside({ inputs, defaultWrt }: Model, inspection: ModelInspection | null): readonly string[] | undefined {
  const takesFloats = inputs.some(({ type }) => isFloatType(type));
  return takesFloats || defaultWrt !== undefined ? undefined : inspection?.wrt.slice(0, 1);
}

/** The network and the sample that a name means. */
export function builtInById(id: string, sample: string): { readonly builtIn: BuiltIn; readonly sample: Sample } | null {
  const builtIn = BUILT_IN.find((one) => one.id === id);
  return builtIn === undefined ? null : { builtIn, sample: builtIn.samples.find(({ name }) => name === sample) ?? builtIn.samples[0]! };
}

async function fetchBlob(url: string, signal: AbortSignal): Promise<Blob> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url} could not be fetched: the server answered ${response.status}.`);
  return response.blob();
}
