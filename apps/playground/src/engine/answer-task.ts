import { type FloatTensor, XDeepError, isXDeepError } from "@xdeep/core";
import type { PreprocessingOverrides, RgbImage } from "@xdeep/image";
import type { ModelInspection } from "@xdeep/autodiff";

/** What the page asks of the worker besides running a model. */
export interface Tasks {
  /** What can be explained in an ONNX file. */
  inspect(file: Blob): ModelInspection;
  /** A picture as the model takes it, and as a person sees that. */
  preprocess(request: { readonly file: Blob; readonly options: PreprocessingOverrides }): { readonly tensor: FloatTensor; readonly picture: RgbImage };
  /** The model with the gradient of a class as a further output, as an ONNX file. */
  explainer(request: { readonly file: Blob; readonly rule: "standard" | "guided" | "deconvnet" }): Uint8Array;
}

export interface TaskMessage {
  readonly type: "page.task";
  readonly name: keyof Tasks;
  readonly request: unknown;
  readonly port: MessagePort;
}

/** An error that can be cloned, with its code. */
export interface TaskFailure {
  readonly code: string | null;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

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
  async explainer({ file, rule }) {
    const [{ builtinRules, entryValues, explainerModel, prepareModel, typedGraph }, { isFloatType, readModel, writeModel }] = await Promise.all([
      import("@xdeep/autodiff"),
      import("@xdeep/onnx"),
    ]);
    const graph = typedGraph(prepareModel(readModel(new Uint8Array(await file.arrayBuffer()))));
    const output = graph.graph.output.find(({ name }) => isFloatType(graph.facts.get(name)?.type ?? null))!.name;
    return writeModel(explainerModel(graph, { output, score: "logit", wrt: entryValues(graph), rule, rules: builtinRules, results: "gradients" }).model);
  },
};

export async function answerTask({ name, request, port }: TaskMessage): Promise<void> {
  try {
    port.postMessage({ result: await (TASKS[name] as (request: unknown) => Promise<unknown>)(request) });
  } catch (error) {
    const failure: TaskFailure = isXDeepError(error)
      ? {
          code: (error as XDeepError).code,
          message: error.message,
          details: JSON.parse(JSON.stringify((error as XDeepError).details)) as Record<string, unknown>,
        }
      : { code: null, message: error instanceof Error ? error.message : String(error), details: {} };
    port.postMessage({ failure });
  }
  port.close();
}
