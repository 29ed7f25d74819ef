import { type Attribution, type Input, isXDeepError } from "@xdeep/core";
import type { PreprocessingOverrides } from "@xdeep/image";
import { embeddingOf } from "@xdeep/text/attribution";

import type { BuiltIn, Sample } from "../built-in.ts";
import type { Device, InputDims } from "../engine/open-model.ts";
import { type PageWorker, openWorker } from "../engine/open-worker.ts";
import { type JoinedInputs, joinInputs } from "../explain/joined-inputs.ts";
import { type MethodSettings, methodById } from "../explain/methods.ts";
import { fetchBlob } from "../input/fetch-blob.ts";
import { readLabels } from "../input/read-labels.ts";
import { parseFeeds, readNumbersFile } from "../input/read-numbers.ts";
import { sortFiles } from "../input/sort-files.ts";
import { whatIsLeftOut, whyUnread } from "../input/why-unread.ts";
import { type LoadedModel, SizesNeeded, type UnsizedModel, loadModelFiles } from "./loaded-model.ts";
import { MapGrid } from "./map-grid.svelte.ts";
import { OneAtATime } from "./one-at-a-time.svelte.ts";
import type { PageInput, TypedText } from "./page-input.ts";
import { type PictureFile, Pictures } from "./pictures.svelte.ts";
import { Words } from "./words.svelte.ts";

/** Everything that the page knows, and what visitors do with it. */
export class Session {
  open: LoadedModel | null = $state.raw(null);
  /** The model that needs sizes before it can be loaded; null where none does. */
  unsized: UnsizedModel | null = $state.raw(null);
  input: PageInput | null = $state.raw(null);
  device: Device = $state("wasm");
  /** The name of a GPU that is emulated on the CPU, once one was found. */
  emulatedGpu: string | null = $state(null);
  readonly grid = new MapGrid();
  readonly pictures = new Pictures();
  readonly words = new Words();
  readonly work = new OneAtATime({
    hint: (error) => (this.open === null ? "" : this.pictures.hint(error, this.open)),
    onIdle: () => this.grid.stop(this.input),
  });

  #worker: PageWorker | null = null;
  #source: PictureFile | null = null;

  get worker(): PageWorker {
    return (this.#worker ??= openWorker());
  }

  /** Maps of pictures are shares, and have one scale. Those of texts are values, which methods give in units of their own; bars have a scale each. */
  get hasOneScale(): boolean {
    return this.input?.picture != null || (this.input?.text !== undefined && this.grid.methods.length === 1);
  }

  /** What is shown of an attribution, with names for it: one to several inputs is a table, unless there is a picture to lay it over. */
  view(attribution: Attribution<Input> | null): JoinedInputs | { readonly attribution: Attribution<Input> | null; readonly names: readonly string[] | null } {
    const joined = attribution === null || this.input?.picture != null ? null : joinInputs(attribution);
    return joined ?? { attribution, names: this.words.namesOf(attribution, this.open, this.input) };
  }

  async openBuiltIn(
    builtIn: BuiltIn,
    sample: Sample = builtIn.samples[0]!,
    chosen: { readonly targets?: readonly number[]; readonly methods?: readonly string[] } = {},
  ): Promise<void> {
    await this.work.do(`Loading ${builtIn.title}`, async (signal) => {
      const file = await fetchBlob(builtIn.url, signal);
      const name = `${builtIn.id}.onnx`;
      const files = { kind: "onnx", main: name, files: { [name]: file }, device: this.device, shuffled: 0 } as const;
      await this.#load({ files, title: builtIn.title, builtIn }, signal);
      this.words.forget(builtIn.labels);
      const known = (chosen.methods ?? builtIn.methods).filter((id) => methodById(id) !== undefined);
      this.grid.methods = known.length > 0 ? known : builtIn.methods;
      await this.#takeSample(sample, signal);
      const targets = (chosen.targets ?? []).filter((target) => target < builtIn.labels.length);
      if (targets.length > 0) this.grid.choose(targets);
      await this.#explain(signal);
    });
  }

  async useSample(sample: Sample): Promise<void> {
    await this.work.do(`Reading ${sample.name}`, async (signal) => {
      await this.#takeSample(sample, signal);
      await this.#explain(signal);
    });
  }

  async #takeSample(sample: Sample, signal: AbortSignal): Promise<void> {
    if (sample.url === undefined) {
      await this.#takeFeeds(sample.name, parseFeeds(JSON.stringify(sample.numbers), [this.open!.info]), signal);
    } else {
      await this.#readPicture({ name: sample.name, file: await fetchBlob(sample.url, signal) }, signal);
    }
  }

  /** What a visitor dropped or chose: a model, an input, labels, preprocessing, in any mixture. */
  async take(files: readonly File[]): Promise<void> {
    await this.work.do("Reading files", async (signal) => {
      const { model, picture, numbers, labels, vocabulary, tokenizerConfig, preprocessing, unknown, leftOut } = sortFiles(files);
      if (unknown.length === files.length) throw new Error(whyUnread(unknown));
      this.work.note = whatIsLeftOut(leftOut);
      const { words, pictures } = this;
      if (model !== null) {
        this.work.busy = `Loading ${model.main}`;
        await this.#load({ files: { ...model, device: this.device, shuffled: 0 }, title: model.main, builtIn: null }, signal);
        words.forget();
        // Gradients alone say little of the vectors of tokens, and few text models have rectifiers.
        if (this.open!.wrt !== undefined) this.grid.methods = ["integrated"];
        if (!this.open!.takesPictures) this.#source = null;
      }
      if (labels !== null) words.labels = await readLabels(labels);
      if (vocabulary !== null) await words.readVocabulary(this.worker, vocabulary, tokenizerConfig);
      if (preprocessing !== null) {
        const { labels: names, takes } = await pictures.import(preprocessing, this.open);
        words.labels = names ?? words.labels;
        if (takes !== null && this.open !== null) this.open = { ...this.open, takesPictures: false, takes };
      }
      if (this.open === null)
        throw new Error("Drop a model first: an .onnx file, or the model.json of TensorFlow.js with its weights. Or take one that is built in.");
      const source = picture === null ? this.#source : { name: picture.name, file: picture };
      if (numbers !== null && picture === null) await this.#takeFeeds(numbers.name, await readNumbersFile(numbers, this.open.model.inputs), signal);
      else if (source !== null) await this.#readPicture(source, signal);
      await this.#explain(signal);
    });
  }

  /** The model that waited for sizes of its inputs. */
  async loadWithDims(inputDims: InputDims): Promise<void> {
    const { files, inputs } = this.unsized!;
    await this.work.do(`Loading ${files.main}`, async (signal) => {
      await this.#load({ files: { ...files, inputDims }, title: files.main, builtIn: null }, signal);
    });
    // They may still be wrong.
    if (this.open === null) this.unsized ??= { files, inputs };
  }

  /** A picture that is no file, such as a frame of a camera. */
  async takePicture(name: string, file: Blob): Promise<void> {
    await this.work.do("Reading the picture", async (signal) => {
      await this.#readPicture({ name, file }, signal);
      await this.#explain(signal);
    });
  }

  async takeNumbers(text: string): Promise<void> {
    await this.work.do("Reading numbers", async (signal) => {
      await this.#takeFeeds("numbers", parseFeeds(text, this.open!.model.inputs), signal);
      await this.#explain(signal);
    });
  }

  async takeText(typed: TypedText): Promise<void> {
    await this.work.do("Reading the text", async (signal) => {
      this.#source = null;
      const { model } = this.open!;
      const { inputs, defaultWrt, entryValues = [] } = model;
      const text = await this.worker.ask("encode", { ...typed, model: { inputs, defaultWrt } });
      signal.throwIfAborted();
      const embedding = await embeddingOf(model, entryValues, text, signal);
      if (embedding !== null) this.open = { ...this.open!, wrt: [embedding] };
      await this.#feed({ name: "text", feeds: text.feeds, picture: null, text: { ...text, ...typed } }, signal);
      await this.#explain(signal);
    });
  }

  async changePreprocessing(change: PreprocessingOverrides): Promise<void> {
    await this.work.do("Reading the picture again", async (signal) => {
      this.pictures.change(this.open!, change);
      if (this.#source !== null) await this.#readPicture(this.#source, signal);
      await this.#explain(signal);
    });
  }

  async changeDevice(device: Device): Promise<void> {
    const { open, input, device: before } = this;
    const { cells } = this.grid;
    if (open === null) return;
    const { wrt, takesPictures, takes } = open;
    this.device = device;
    const start = async (on: Device, signal: AbortSignal): Promise<void> => {
      await this.#load({ ...open, files: { ...open.files, device: on } }, signal, { isAgain: true });
      this.open = { ...this.open!, wrt, takesPictures, takes };
      if (input !== null) await this.#feed(input, signal);
    };
    await this.work.do(`Starting ${device}`, async (signal) => {
      await start(device, signal).catch((error: unknown) => {
        this.emulatedGpu = emulatedGpu(error) ?? this.emulatedGpu;
        throw error;
      });
      await this.#explain(signal);
    });
    const isReplaced = this.open !== null || this.work.busy !== null;
    if (isReplaced) return;
    // What cannot run there, or was cancelled, goes on where it ran.
    const { problem } = this.work;
    this.device = before;
    await this.work.do(`Going back to ${before}`, async (signal) => {
      await start(before, signal);
      this.grid.cells = cells;
    });
    this.work.problem ??= problem;
  }

  async explain(): Promise<void> {
    await this.work.do("Explaining", (signal) => this.#explain(signal));
  }

  setTargets(targets: readonly (number | null)[]): Promise<void> {
    this.grid.choose(targets);
    return this.explain();
  }

  setOutput(output: string): Promise<void> {
    this.grid.setOutput(output);
    return this.explain();
  }

  setMethods(methods: readonly string[]): Promise<void> {
    this.grid.setMethods(methods);
    return this.explain();
  }

  setSettings(settings: MethodSettings): Promise<void> {
    this.grid.setSettings(settings);
    return this.explain();
  }

  /** @param isAgain the model that is loaded once more, elsewhere: what was chosen for it stays */
  async #load(what: Pick<LoadedModel, "files" | "title" | "builtIn">, signal: AbortSignal, { isAgain = false } = {}): Promise<void> {
    const old = this.open;
    this.grid.begin(isAgain);
    this.input = null;
    this.open = null;
    await old?.model.dispose();
    this.unsized = null;
    this.open = await loadModelFiles(this.worker, what, signal).catch((error: unknown) => {
      if (error instanceof SizesNeeded) this.unsized = error.model;
      throw error;
    });
    if (this.open.takesPictures && !isAgain) this.pictures.begin(this.open);
  }

  async #readPicture(source: PictureFile, signal: AbortSignal): Promise<void> {
    const input = await this.pictures.read(this.worker, source, this.open!);
    signal.throwIfAborted();
    this.#source = source;
    await this.#feed(input, signal);
  }

  async #takeFeeds(name: string, feeds: PageInput["feeds"], signal: AbortSignal): Promise<void> {
    this.#source = null;
    await this.#feed({ name, feeds, picture: null }, signal);
  }

  /** What the model says, before anything is explained. */
  async #feed(input: PageInput, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.input = input;
    this.grid.clear();
    await this.grid.score(this.open!, input, signal);
  }

  async #explain(signal: AbortSignal): Promise<void> {
    if (this.open === null || this.input === null) return;
    await this.grid.explain(this.open, this.input, signal, (method) => (this.work.busy = `Explaining by ${method}`));
  }
}

/** The name of a GPU that is emulated on the CPU, where a model was refused because of it. */
function emulatedGpu(error: unknown): string | null {
  return isXDeepError(error, "GPU_UNAVAILABLE") ? ((error.details as { readonly emulated?: string | null }).emulated ?? null) : null;
}
