import type { ModelInspection } from "@xdeep/autodiff";
import { type Model, type ValueInfo, XDeepError } from "@xdeep/core";

import type { BuiltIn } from "../built-in.ts";
import type { ModelFiles } from "../engine/open-model.ts";
import type { PageWorker } from "../engine/open-worker.ts";
import { type Explained, explainedValues } from "../explain/score-list.ts";
import { isPictureInput } from "../input/is-picture-input.ts";

/** A model that is loaded. */
export interface LoadedModel {
  readonly title: string;
  readonly files: ModelFiles;
  readonly builtIn: BuiltIn | null;
  readonly model: Model;
  /** What can be explained in it; null for models of TensorFlow.js. */
  readonly inspection: ModelInspection | null;
  readonly info: ValueInfo;
  /** What can be explained, one of which is. */
  readonly explained: readonly Explained[];
  readonly takesPictures: boolean;
  /** What it takes in place of pictures, as a file beside it says; null where none does. */
  readonly takes: string | null;
  /** Values inside that are explained where the model takes integers alone, such as the vectors of tokens; undefined for its float inputs. */
  readonly wrt: readonly string[] | undefined;
}

/** A model that cannot be loaded as long as sizes of its inputs are open. */
export interface UnsizedModel {
  readonly files: ModelFiles;
  readonly inputs: ModelInspection["inputs"];
}

/** Its cause lists the values that depend on the sizes. */
export class SizesNeeded extends XDeepError {
  readonly model: UnsizedModel;

  constructor(model: UnsizedModel, cause: unknown) {
    const message = `${model.files.main} leaves sizes of its inputs open, and values inside have other numbers of axes for other sizes. Give the sizes below.`;
    super("MODEL_UNSUPPORTED", message, { cause });
    this.model = model;
  }
}

/** @throws what the signal was aborted with: the model that was loaded meanwhile is let go */
export async function loadModelFiles(
  worker: PageWorker,
  { files, title, builtIn }: Pick<LoadedModel, "files" | "title" | "builtIn">,
  signal: AbortSignal,
): Promise<LoadedModel> {
  refuseLarge(files);
  const inspection = files.kind === "onnx" ? await worker.ask("inspect", files.files[files.main]!) : null;
  signal.throwIfAborted();
  const model = await worker.load(files).catch((error: unknown) => {
    if (inspection === null || !(error instanceof Error && error.message.includes("inputDims"))) throw error;
    throw new SizesNeeded({ files, inputs: inspection.inputs }, error);
  });
  if (signal.aborted) {
    await model.dispose();
    signal.throwIfAborted();
  }
  const info = model.inputs[0]!;
  return {
    title,
    files,
    builtIn,
    model,
    inspection,
    info,
    explained: explainedValues(model, inspection),
    takesPictures: isPictureInput(info),
    takes: null,
    wrt: explainedInside(model),
  };
}

/** What browsers read of one file at most, in bytes; what wasm has for everything, weights included. */
const [MOST_OF_A_FILE, MOST_OF_ALL] = [2 ** 31 - 1, 2 ** 32];

function refuseLarge({ main, files }: ModelFiles): void {
  const sizes = Object.entries(files).map(([name, { size }]) => ({ name, size }));
  const inGigabytes = (size: number): string => `${(size / 1e9).toFixed(1)} GB`;
  const todo = `Explain ${main} by the command: xdeep explain.`;
  const large = sizes.find(({ size }) => size > MOST_OF_A_FILE);
  if (large !== undefined)
    throw new XDeepError("MODEL_UNSUPPORTED", `"${large.name}" has ${inGigabytes(large.size)}, and browsers read 2.1 GB of a file at most. ${todo}`);
  const all = sizes.reduce((sum, { size }) => sum + size, 0);
  if (all > MOST_OF_ALL) throw new XDeepError("MODEL_UNSUPPORTED", `The model has ${inGigabytes(all)}, and engines have 4.3 GB in a browser. ${todo}`);
}

/** Of several embeddings, the first alone, as long as no text tells which of them is that of words. */
function explainedInside({ entryValues: [first] = [] }: Model): readonly string[] | undefined {
  return first === undefined ? undefined : [first];
}
