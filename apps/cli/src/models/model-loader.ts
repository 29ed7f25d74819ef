import type { Model } from "@xdeep/core";

/** One kind of model file. */
export interface ModelLoader {
  /** As users know it. */
  readonly kind: string;
  /** Engines that can be asked for by name; the first is the default. */
  readonly engines: readonly string[];
  accepts(path: string): boolean;
  /** `engine` is one of `engines`, or undefined where a GPU is asked for and none is named. */
  load(path: string, options: { readonly engine: string | undefined; readonly gpu: boolean }): Promise<Model>;
  /** Absolute paths of the files beside the model that hold its weights, by the names that it gives them. */
  weightFiles(path: string): Promise<Readonly<Record<string, string>>>;
}
