import type { Model, WeightsHook } from "@xdeep/core";

import type { HashedFile } from "../inputs/hashed-file.ts";

/** The options of the command line that say how a model is loaded. */
export interface LoadFlags {
  readonly engine?: string | undefined;
  readonly gpu: boolean;
  readonly threads?: number | undefined;
  /** Rows per run. */
  readonly batch?: number | undefined;
  readonly inputDims?: Readonly<Record<string, readonly (number | string | null)[]>> | undefined;
  /** Inputs without a batch axis. */
  readonly shared?: readonly string[] | undefined;
  readonly limit?: Readonly<Record<string, number>> | undefined;
  /** Folder that keeps what was prepared for the engine. */
  readonly cache?: string | undefined;
  /** "onnxruntime", "tfjs", or a package of others. */
  readonly backend?: string | undefined;
  /** For backends of others. */
  readonly backendOption?: Readonly<Record<string, unknown>> | undefined;
}

/** How a model is loaded, by options and besides. */
export interface LoadRequest extends LoadFlags {
  /** Other weights than the file's: what measures by randomised models ask for. */
  readonly weights?: WeightsHook | undefined;
}

/** A model that can be explained, and the files it came from. */
export interface LoadedModel {
  readonly model: Model;
  readonly file: HashedFile;
  /** Files beside it that hold its weights. */
  readonly weightFiles: readonly HashedFile[];
}

/** One kind of model file. */
export interface ModelLoader {
  /** As `--backend` calls it. */
  readonly name: string;
  /** As users know its models. */
  readonly kind: string;
  /** Engines that can be asked for by name; the first is the default. */
  readonly engines: readonly string[];
  /** Which of the options it takes. */
  readonly takes: readonly (keyof LoadRequest)[];
  accepts(path: string): boolean;
  load(path: string, request: LoadRequest): Promise<LoadedModel>;
}
