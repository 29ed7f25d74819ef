import { isXDeepError } from "@xdeep/core";
import { type Preprocessing, type PreprocessingOverrides, fittedTo, guessPreset, importPreprocessing, pictureInput, resolvePreprocessing } from "@xdeep/image";

import type { PageWorker } from "../engine/open-worker.ts";
import { parseJson } from "../input/parse-json.ts";
import type { LoadedModel } from "./loaded-model.ts";
import type { PageInput } from "./page-input.ts";

/** A picture as a file. */
export interface PictureFile {
  readonly name: string;
  readonly file: Blob;
}

/** How pictures become what the model takes. */
export class Pictures {
  preprocessing: Preprocessing | null = $state.raw(null);
  /** Why the preset was guessed; null where it is known. */
  guess: string | null = $state(null);

  /** What is known of the pictures of a model, or a guess. */
  begin({ info, builtIn }: LoadedModel): void {
    const taken = pictureInput(info);
    const guessed = guessPreset(taken);
    this.guess = builtIn?.preprocessing === undefined ? guessed.because : null;
    this.preprocessing = resolvePreprocessing(builtIn?.preprocessing ?? { preset: guessed.preset, ...fittedTo(taken) });
  }

  change({ info }: LoadedModel, change: PreprocessingOverrides): void {
    this.preprocessing = resolvePreprocessing("preset" in change ? { ...change, ...fittedTo(pictureInput(info)) } : { ...this.preprocessing!, ...change });
    this.guess = null;
  }

  /**
   * A file as Hugging Face or Teachable Machine writes it, where the model takes pictures.
   *
   * @returns the labels in it, where it has some
   */
  async import(file: File, open: LoadedModel | null): Promise<readonly string[] | null> {
    const { preprocessing, labels } = importPreprocessing(parseJson(await file.text(), file.name));
    if (open?.takesPictures === true) {
      this.preprocessing = resolvePreprocessing({ ...preprocessing, ...fittedTo(pictureInput(open.info), preprocessing.size) });
      this.guess = null;
    }
    return labels ?? null;
  }

  /** @throws where the model takes no pictures */
  async read(worker: PageWorker, { name, file }: PictureFile, { title, info, takesPictures }: LoadedModel): Promise<PageInput> {
    if (!takesPictures || this.preprocessing === null)
      throw new Error(
        `"${title}" takes no pictures: its input has dims [${info.dims.map((dim, at) => dim ?? (at === 0 ? "N" : "?")).join(", ")}]. Give it numbers.`,
      );
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
