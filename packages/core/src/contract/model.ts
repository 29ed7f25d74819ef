/// <reference lib="esnext.disposable" preserve="true" />
import type { DataType, FloatTensor, Tensor } from "../tensors/tensor.ts";
import type { Target, TargetOption } from "./target.ts";

/** The version of this contract. A backend states the one it was written for. */
export const CONTRACT_VERSION = 1;

/** Order of the axes of an image input; null where the input is no image or the file does not say. */
export type Layout = "NCHW" | "NHWC" | null;

/** An input, an output or an inner value of a model. */
export interface ValueInfo {
  readonly name: string;
  readonly type: DataType;
  /** One entry per axis, the batch axis first; null where any size goes. */
  readonly dims: readonly (number | null)[];
  readonly layout: Layout;
  /** Of outputs: the activation that they end in, behind which `score: "logit"` looks. Null or left out: none, or none that is known. */
  readonly activation?: Activation | null | undefined;
  /**
   * False for values that have no batch axis in front: inputs such as scalars, tables, and the states [layers, batch, hidden] of recurrent networks,
   * which are passed whole to every run unless `batchAxis` says where their rows lie; outputs such as a mean over the batch, whose `dims`
   * are what the file says, and whose cotangent is one for all rows. Default true.
   */
  readonly batched?: boolean | undefined;
  /**
   * Of values with `batched: false`: the axis behind others that holds the batch, as 1 of a state [layers, N, hidden]. Rows are taken, repeated and joined along
   * it. Left out where there is none, and where it is not known: such values are passed whole.
   */
  readonly batchAxis?: number | undefined;
  /** Of float inputs: true for masks that are only added to the scores of a softmax. −∞ in them shuts entries out, and is no error. */
  readonly mask?: boolean | undefined;
}

/** A value inside the network whose axes are known: batch, channels, and positions, as of a convolution's result. */
export interface LayerInfo extends ValueInfo {
  /** The axis of the channels; all others but the batch are positions. */
  readonly channelAxis: number;
}

/** The attention probabilities of one layer, [N, heads, queries, keys], or [N · heads, queries, keys] where `headsAxis` is null. */
export interface AttentionInfo extends ValueInfo {
  readonly headsAxis: number | null;
}

/** An activation that turns logits into probabilities. */
export type Activation = "softmax" | "log-softmax" | "sigmoid";

/** How a cotangent passes rectifiers: as the derivative says, or by the modified rules of guided backpropagation and DeconvNet. */
export type RectifierRule = "standard" | "guided" | "deconvnet";

/** A backward rule: one of the names in `Capabilities.rules`, alone or with its parameters, such as `{ name: "lrp", epsilon: 1e-6 }`. */
export type Rule = RectifierRule | (string & {}) | { readonly name: string; readonly [parameter: string]: unknown };

/**
 * The score F that is explained. `logit`: if the output is a Softmax, LogSoftmax or Sigmoid, the argument of it; any other output as it is.
 * `probability`: the output as it is.
 */
export type Score = "logit" | "probability";

/** What a backend can do. Each is declared, and the conformance suite proves both the yes and the no. */
export interface Capabilities {
  /** Names of the rules that `vjp` takes; "standard" always is among them. */
  readonly rules: readonly string[];
  /** Operators that can count as rectifiers for a rule, such as ["Relu", "Relu6"]; empty where there is no such rule. */
  readonly rectifiers: readonly string[];
  /** `wrt`, `output`, `outputs` and `feeds` may name values inside the network, not only inputs and outputs. */
  readonly innerValues: boolean;
  /** `score: "logit"` finds the argument of a final Softmax, LogSoftmax or Sigmoid. Where false, only `"probability"` is taken on such outputs. */
  readonly logits: boolean;
  /** `vjp` takes several `targets` at once, and runs the network forward once for all of them. Default false. */
  readonly severalTargets?: boolean | undefined;
  /** The model runs on a GPU. */
  readonly gpu: boolean;
  /** Rows that one call may hold; null where there is no bound. Methods split larger batches. */
  readonly maxBatch: number | null;
  /** Rows per call at which this backend is fastest without taking more memory than it needs. */
  readonly preferredBatch: number;
}

/** A loaded network that can be run and differentiated. The one thing that a backend provides. */
export interface Model extends AsyncDisposable {
  /** "onnxruntime", "tfjs", or a third party's own name. */
  readonly backend: string;
  /** The library underneath with its version and device, such as "onnxruntime-node 1.30.0 (cpu)". */
  readonly engine: string;
  readonly contractVersion: 1;
  /** Versions of the packages behind this object by name, such as { "@xdeep/onnxruntime": "1.0.0" }: they go into the provenance of results. */
  readonly versions?: Readonly<Record<string, string>> | undefined;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly capabilities: Capabilities;
  /**
   * Values that gradients are taken of unless `wrt` names others. Default: every float input. Set where a network has only integer inputs, to
   * the first floats that it makes of them, as in networks that take uint8 images.
   */
  readonly defaultWrt?: readonly string[] | undefined;
  /**
   * What to name in `wrt` where a network has neither a float input nor a `defaultWrt`: the first floats that it makes of its integers, such as the
   * vectors of tokens, of their types and positions. Left out elsewhere.
   */
  readonly entryValues?: readonly string[] | undefined;

  /**
   * The values inside at which Grad-CAM and its like look, from the input on: every path from the explained input to the score passes them, they have
   * more than one position, and something behind them brings positions together. The last is the default. Empty where there is none; empty or
   * left out where there are no inner values.
   */
  layers?(request?: Pick<ScoreRequest, "output">): Promise<readonly LayerInfo[]>;

  /** The attention probabilities of the network, from the input on. Left out by backends that cannot find them. */
  attention?(): Promise<readonly AttentionInfo[]>;

  /** Outputs only. Row n of a batch equals row n alone. */
  forward(request: ForwardRequest): Promise<ForwardResult>;

  /** Outputs, and the gradient of a score with respect to inputs, in one run. Row n of a batch equals row n alone. */
  vjp(request: VjpRequest): Promise<VjpResult>;

  /** Frees the engine's memory. A second call does nothing; every other call afterwards rejects with MODEL_DISPOSED. */
  dispose(): Promise<void>;
}

/** Which score F is meant: a function of one output, per row. */
export interface ScoreRequest {
  /** The output that is explained, or an inner float value where the backend can. Default: the first float output. */
  readonly output?: string | undefined;
  /** What of the output is explained, per row; null: each row's own argmax. An output with one entry needs none. */
  readonly target?: TargetOption | undefined;
  /** Default "logit". */
  readonly score?: Score | undefined;
}

/** What was scored, per row. Empty where no target was asked for. */
export interface ScoreResult {
  /** One per row; a number where at most one axis of a row is longer than 1, as in [N, classes]; a tuple otherwise. */
  readonly target: readonly Target[];
  /** F per row, [N]. */
  readonly scores: Float32Array;
  /** Name of the output that was scored. */
  readonly output: string;
  /** What `scores` are: the argument of a final activation, or the output as it is. */
  readonly score: Score;
}

export interface ForwardRequest extends ScoreRequest {
  /**
   * Every input of the model by name, each [N, …] unless its ValueInfo says that it has no batch axis. Where the backend has inner values,
   * one of them may be fed too: the network then runs from it.
   */
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** Names of outputs, or of inner values where the backend can. Default: every output. */
  readonly outputs?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Scores are there when the request had a `target` (null included). */
export interface ForwardResult extends ScoreResult {
  /** By the names of `outputs`, each [N, …]. */
  readonly outputs: Readonly<Record<string, Tensor>>;
}

export interface VjpRequest extends ScoreRequest {
  /** As in ForwardRequest. [N, …] when a target is used. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  /**
   * Output cotangent ȳ, with the dims of the output. It stands in for `target` and `weights`, which are left out, and is the cotangent of the
   * output as it is, whatever `score` says.
   */
  readonly cotangent?: FloatTensor | undefined;
  /**
   * Several targets in place of `target`, each in any of its forms, where the backend can: the gradients of all of them from one forward run.
   * `perTarget` of the result holds them.
   */
  readonly targets?: readonly TargetOption[] | undefined;
  /** Outputs, or inner values where the backend can, to return beside the gradients. Default: every output. */
  readonly outputs?: readonly string[] | undefined;
  /** Default "standard". */
  readonly rule?: Rule | undefined;
  /** Operators that count as rectifiers for `rule`, of those in `Capabilities.rectifiers`. Default: "Relu" and "Relu6". */
  readonly rectifiers?: readonly string[] | undefined;
  /** Inputs x′ for rules that compare two runs, by the names of `feeds` and with as many rows. */
  readonly reference?: Readonly<Record<string, Tensor>> | undefined;
  /** Names of inputs, or of inner values where the backend can. Default: the model's `defaultWrt`, or else every float input. */
  readonly wrt?: readonly string[] | undefined;
  /** [N]. Then gradients are Σₙ wₙ gₙ with a leading axis of 1, summed on the device. */
  readonly weights?: Float32Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Scores are there unless the request had a `cotangent`. */
export interface VjpResult extends ScoreResult {
  /** By the names of `outputs`, each [N, …]. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /**
   * One per name of `wrt`, with the dims of that value; [1, …] when `weights` were given, the 1 at its `batchAxis` where it has one. An input without a batch axis
   * has the sum over all rows, in its own dims.
   */
  readonly gradients: Readonly<Record<string, FloatTensor>>;
  /** [N]: what is scored, at `reference`, where the backend finds it in the same run. Who needs it and does not get it runs `forward`. */
  readonly referenceScores?: Float32Array | undefined;
  /** With `targets`: one for each, in their order. `target`, `scores` and `gradients` of the result itself are those of the first. */
  readonly perTarget?: readonly TargetGradients[] | undefined;
  /** How many rectifiers the rule acted on; 0 for "standard". */
  readonly rectifiers: number;
  /** What is approximate in the gradients, in words: rounding that was passed straight through, for instance. */
  readonly notes?: readonly string[] | undefined;
}

/** What `vjp` finds of one of several targets. */
export type TargetGradients = Pick<VjpResult, "target" | "scores" | "gradients">;
