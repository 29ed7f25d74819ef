import type { Attribution, Input } from "@xdeep/core";

import type { PageWorker } from "../engine/open-worker.ts";
import { tokenNames } from "../explain/token-names.ts";
import type { LoadedModel } from "./loaded-model.ts";
import type { PageInput } from "./page-input.ts";

/** Names for what a model takes and says: classes, features and tokens. */
export class Words {
  /** Names of classes. */
  labels: readonly string[] = $state.raw([]);
  /** Words of a model of tokens, by their numbers. */
  vocabulary: readonly string[] = $state.raw([]);
  /** The tokenizer that texts are cut by; null where only numbers can be given. */
  tokenizer: { readonly hasConfig: boolean } | null = $state.raw(null);

  forget(labels: readonly string[] = []): void {
    this.labels = labels;
    this.vocabulary = [];
    this.tokenizer = null;
  }

  /** Words of tokens; sentences too where the file is that of a tokenizer. */
  async readVocabulary(worker: PageWorker, file: File, config: File | null): Promise<void> {
    this.vocabulary = await worker.ask("vocabulary", file);
    if (!/^tokenizer\.json$/i.test(file.name)) return;
    await worker.ask("keepTokenizer", { tokenizer: file, config });
    this.tokenizer = { hasConfig: config !== null };
  }

  /** Names of the features of a table, or the tokens of a text. */
  namesOf(attribution: Attribution<Input> | null, open: LoadedModel | null, input: PageInput | null): readonly string[] | null {
    const features = open?.builtIn?.features ?? input?.text?.tokens.map(({ text }) => text);
    return features ?? (attribution === null || input === null ? null : tokenNames(attribution, input.feeds, this.vocabulary));
  }
}
