import type { Attribution, Input, Model, Progress, Target } from "@xdeep/core";
import type { BaselineOption } from "@xdeep/integrated";

import type { MethodSettings, PageMethod } from "./methods.ts";

export interface RunOptions {
  readonly model: Model;
  readonly method: PageMethod;
  readonly feeds: Input;
  readonly target: Target | null;
  readonly output: string;
  readonly wrt: readonly string[] | undefined;
  readonly settings: MethodSettings;
  readonly baseline: BaselineOption | undefined;
  readonly signal: AbortSignal;
  /** A first map, of a few steps. */
  readonly onPreview: (attribution: Attribution<Input>) => void;
  readonly onProgress: (progress: Progress) => void;
}

/** Steps of a first map. */
const PREVIEW = 4;

/** Explains, with a first map of few steps for methods that take many. */
export async function runMethod({
  model,
  method,
  feeds,
  target,
  output,
  wrt,
  settings,
  baseline,
  signal,
  onPreview,
  onProgress,
}: RunOptions): Promise<Attribution<Input>> {
  const options = { target, output, wrt, signal };
  const { refines } = method;
  if (refines !== null && settings[refines] > 2 * PREVIEW) {
    onPreview(await method.create(model, { ...settings, [refines]: PREVIEW }, baseline).explain(feeds, options));
  }
  return method.create(model, settings, baseline).explain(feeds, { ...options, onProgress });
}
