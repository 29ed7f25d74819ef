import { isXDeepError } from "@xdeep/core";
import {
  type Preprocessing,
  type PreprocessingOverrides,
  fittedTo,
  guessPreset,
  importPreprocessing,
  pictureInput,
  resolvePreprocessing,
  withoutPictures,
} from "@xdeep/image";

import type { PageWorker } from "../engine/open-worker.ts";
import { parseJson } from "../input/parse-json.ts";
import type { LoadedModel } from "./loaded-model.ts";
import type { PageInput } from "./page-input.ts";

/** A picture as a file. */
export interface PictureFile {
  readonly name: string;
  readonly file: Blob;
}

/** What a file beside a model says of it. */
interface SaidBeside {
  readonly labels: readonly string[] | null;
  /** What the model takes in place of pictures, such as "spectrograms of sounds"; null where it takes pictures, or the file does not say. */
  readonly takes: string | null;
}

/** How pictures become what the model takes. */
export class Pictures {
  preprocessing: Preprocessing | null = $state.raw(null);
  /** Why the preset was guessed; null where it is known. */
  guess: string | null = $state(null);
  /** The file beside the model that says it; null where that is no file. */
  source: string | null = $state(null);

  /** What is known of the pictures of a model, or a guess. */
  begin({ info, builtIn }: LoadedModel): void {
    const taken = pictureInput(info);
    const guessed = guessPreset(taken);
    this.source = null;
    this.guess = builtIn?.preprocessing === undefined ? guessed.because : null;
    this.preprocessing = resolvePreprocessing(builtIn?.preprocessing ?? { preset: guessed.preset, ...fittedTo(taken) });
  }

  change({ info }: LoadedModel, change: PreprocessingOverrides): void {
    this.preprocessing = resolvePreprocessing("preset" in change ? { ...change, ...fittedTo(pictureInput(info)) } : { ...this.preprocessing!, ...change });
    this.guess = null;
    this.source = null;
  }

  /** Follows a file as Hugging Face or Teachable Machine writes it, where the model takes pictures. */
  async import(file: File, open: LoadedModel | null): Promise<SaidBeside> {
    const json = parseJson(await file.text(), file.name);
    const other = withoutPictures(json);
    if (other !== null) return other;
    // Any other JSON that happens to be called so is none of theirs.
    if (isSomethingElse(file.name, json)) return { labels: null, takes: null };
    const { preprocessing, labels } = importPreprocessing(json);
    if (open?.takesPictures === true) {
      this.preprocessing = resolvePreprocessing({ ...preprocessing, ...fittedTo(pictureInput(open.info), preprocessing.size) });
      this.guess = null;
      this.source = file.name;
    }
    return { labels, takes: null };
  }

  /** @throws where the model takes no pictures */
  async read(worker: PageWorker, { name, file }: PictureFile, { title, info, takes, takesPictures }: LoadedModel): Promise<PageInput> {
    if (!takesPictures || this.preprocessing === null) {
      const dims = info.dims.map((dim, at) => dim ?? (at === 0 ? "N" : "?")).join(", ");
      throw new Error(`"${title}" takes ${takes === null ? "" : `${takes}, and `}no pictures: its input has dims [${dims}]. Give it numbers.`);
    }
    const { tensor, picture } = await worker.ask("preprocess", { file, options: this.preprocessing });
    return { name, feeds: { [info.name]: tensor }, picture };
  }

  /** Networks that leave the size of pictures open may fail at the one that was guessed. */
  hint(error: unknown, { info, takesPictures }: LoadedModel): string {
    if (!isXDeepError(error, "ENGINE_FAILED") || !takesPictures) return "";
    const { size } = pictureInput(info);
    const isFixed = size !== null && size.width !== null && size.height !== null;
    return isFixed ? "" : "\nThe file leaves the size of pictures open: try another width and height under As the model sees it.";
  }
}

function isSomethingElse(name: string, json: unknown): boolean {
  const has = (key: string): boolean => typeof json === "object" && json !== null && key in json;
  return /^metadata\.json$/i.test(name) && !has("tmVersion") && !has("packageName");
}
