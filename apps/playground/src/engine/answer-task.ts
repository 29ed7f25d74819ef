import { type FloatTensor, XDeepError } from "@xdeep/core";
import type { PreprocessingOverrides, RgbImage } from "@xdeep/image";
import type { ModelInspection } from "@xdeep/autodiff";
import type { EncodedText, TextModel, TextTokenizer } from "@xdeep/text";
import { type CarriedError, packError } from "@xdeep/worker";

import type { TypedText } from "../session/page-input.ts";

/** What the page asks of the worker besides running a model. */
export interface Tasks {
  /** What can be explained in an ONNX file. */
  inspect(file: Blob): ModelInspection;
  /** A picture as the model takes it, and as a person sees that. */
  preprocess(request: { readonly file: Blob; readonly options: PreprocessingOverrides }): { readonly tensor: FloatTensor; readonly picture: RgbImage };
  /** The words of tokens by their numbers. */
  vocabulary(file: Blob): readonly string[];
  /** Keeps a tokenizer: tokenizer.json, and tokenizer_config.json where it is there too. */
  keepTokenizer(files: { readonly tokenizer: Blob; readonly config: Blob | null }): void;
  /** A text, or two, by the tokenizer that was kept; what the model has no room for is left out. */
  encode(request: TypedText & { readonly model: TextModel }): EncodedText;
  /** The model with the gradient of a class as a further output, as an ONNX file. */
  explainer(request: {
    readonly file: Blob;
    readonly rule: "standard" | "guided" | "deconvnet";
    readonly output: string;
    /** Default: what the model is explained at by itself. */
    readonly wrt: readonly string[] | undefined;
  }): Uint8Array;
}

export interface TaskMessage {
  readonly type: "page.task";
  readonly name: keyof Tasks;
  readonly request: unknown;
  readonly port: MessagePort;
}

/** What comes back through the port. */
export interface TaskReply {
  readonly result?: unknown;
  readonly failure?: CarriedError;
}

let kept: TextTokenizer | null = null;

const TASKS: { readonly [Name in keyof Tasks]: (request: Parameters<Tasks[Name]>[0]) => Promise<ReturnType<Tasks[Name]>> } = {
  async inspect(file) {
    const [{ inspectModel }, { readModel }] = await Promise.all([import("@xdeep/autodiff"), import("@xdeep/onnx")]);
    return inspectModel(readModel(new Uint8Array(await file.arrayBuffer())));
  },
  async preprocess({ file, options }) {
    const { preprocess } = await import("@xdeep/image");
    const { tensor, picture } = await preprocess(file, options as never);
    return { tensor, picture };
  },
  async vocabulary(file) {
    const { readVocabulary } = await import("../input/read-vocabulary.ts");
    return readVocabulary(file);
  },
  async keepTokenizer({ tokenizer, config }) {
    const { readTokenizer } = await import("@xdeep/text");
    kept = readTokenizer(await tokenizer.text(), (await config?.text()) ?? {});
  },
  async encode({ sentence, pair, model }) {
    if (kept === null) throw new XDeepError("INPUT_MISSING", "There is no tokenizer: drop tokenizer.json beside the model.");
    return kept.encode(sentence, model, { pair, truncate: true });
  },
  async explainer({ file, rule, output, wrt }) {
    const [{ builtinRules, entryValues, explainerModel, prepareModel, typedGraph }, { readModel, writeModel }] = await Promise.all([
      import("@xdeep/autodiff"),
      import("@xdeep/onnx"),
    ]);
    const graph = typedGraph(prepareModel(readModel(new Uint8Array(await file.arrayBuffer()))));
    return writeModel(explainerModel(graph, { output, score: "logit", wrt: wrt ?? entryValues(graph), rule, rules: builtinRules, results: "gradients" }).model);
  },
};

export async function answerTask({ name, request, port }: TaskMessage): Promise<void> {
  const reply = (message: TaskReply): void => port.postMessage(message);
  try {
    reply({ result: await (TASKS[name] as (request: unknown) => Promise<unknown>)(request) });
  } catch (error) {
    reply({ failure: packError(error) });
  }
  port.close();
}
