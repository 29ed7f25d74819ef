import type { Model, Rule, Score, ScoreRequest } from "./model.ts";
import type { FloatTensor, Input, Tensor } from "../tensors/tensor.ts";
import type { Target, TargetOption } from "./target.ts";

/** What every explanation can be asked. `target` defaults to null: each row's argmax at the input, fixed for all steps and draws. */
export interface ExplainOptions extends ScoreRequest {
  /** Inputs (or inner values, where the backend can) to attribute to. Default: the model's `defaultWrt`, or else every float input. */
  readonly wrt?: readonly string[] | undefined;
  /** [N]. Then the values are Σₙ wₙ A(xₙ) with a leading axis of 1: how an outer method averages without keeping every row. */
  readonly weights?: Float32Array | undefined;
  /** Set by methods that explain many points of one row: which row of the outermost input each row here belongs to. Default: the rows are the input's own. */
  readonly origin?: RowOrigin | undefined;
  /** Aborts between engine runs; the promise rejects with the signal's reason and the model stays usable. */
  readonly signal?: AbortSignal | undefined;
  /** Called after every run of the outermost method. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Where rows come from when methods nest. An outer method passes draws or path points of one row as a batch; whatever belongs to a row, such
 * as its baseline or its noise, is found by the row of the outermost input.
 */
export interface RowOrigin {
  /** [N]: the row of the outermost input that each row of this call belongs to. */
  readonly rows: readonly number[];
  /** Rows of the outermost input. */
  readonly of: number;
  /** How many methods the call has passed through; 1 for the first one inside. */
  readonly depth: number;
}

/** How far a method is. `total` grows when steps are added to meet a tolerance. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** Turns inputs into attributions. Methods take an explainer and return one, so they nest. */
export interface Explainer {
  readonly model: Model;
  /** The method with its parameters, outermost first. */
  readonly method: MethodDescription;
  explain<I extends Input, O extends ExplainOptions = { readonly wrt?: undefined }>(
    input: I,
    options?: O & ExplainOptions,
  ): Promise<Attribution<Explained<I, O>>>;
  /** One attribution for each target, in their order, where the method has a shorter way than a call for each. Called by `explainTargets`. */
  explainTargets?<I extends Input, O extends TargetsOptions = { readonly wrt?: undefined }>(
    input: I,
    targets: readonly TargetOption[],
    options?: O & TargetsOptions,
  ): Promise<readonly Attribution<Explained<I, O>>[]>;
}

/** What an explanation of several targets can be asked. */
export type TargetsOptions = Omit<ExplainOptions, "target">;

/** The form of a result follows the input's, unless a tensor comes with `wrt`: it may name several values, or values inside the network. */
export type Explained<I extends Input, O> = I extends Tensor ? (O extends { readonly wrt: readonly string[] } ? Input : I) : I;

/** A method as plain data: enough to run it again. */
export interface MethodDescription {
  /** "vanilla", "guided", "deconvnet", "integrated", "smooth", or a third party's own. */
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The method inside, where methods are nested. */
  readonly of?: MethodDescription;
}

/** The form of a result: one tensor for one tensor, a record for a record. */
export type Mirrored<I extends Input> = I extends Tensor ? FloatTensor : Readonly<Record<string, FloatTensor>>;

export interface Attribution<I extends Input = Tensor> {
  /**
   * Same dims as the input, batch axis kept; a record by the names of `wrt` when the input was a record or `wrt` named inner values. A model of
   * integers is explained at the floats that it makes of them: the tensor then has their dims.
   */
  readonly values: Mirrored<I>;
  /** What was explained, per row. */
  readonly target: readonly Target[];
  /** F at the input, per row; empty where a call has `origin` and `weights`: the outer method that averages knows its own. */
  readonly scores: Float32Array;
  /** Name of the model output that the scores belong to. */
  readonly output: string;
  /** Name of the value inside the network that was looked at; only where the method looks at a layer. */
  readonly layer?: string;
  /** Σ A − (F(x) − F(x′)) per row, in units of the score; only where the method defines it, and where `scores` are there. */
  readonly convergenceDelta?: Float32Array;
  readonly provenance: Provenance;
  /** Plain JSON, from which `fromJSON` makes the same attribution, bit for bit. `JSON.stringify` calls it. */
  toJSON(): AttributionJSON;
}

/** An attribution as JSON: arrays of numbers are base64 of their little-endian bytes. */
export interface AttributionJSON {
  readonly format: "xdeep.attribution/1";
  readonly values: TensorJSON | Readonly<Record<string, TensorJSON>>;
  readonly target: readonly Target[];
  readonly scores: string;
  readonly output: string;
  readonly layer?: string;
  readonly convergenceDelta?: string;
  readonly provenance: Provenance;
}

export interface TensorJSON {
  readonly type: "float32";
  readonly dims: readonly number[];
  readonly data: string;
}

/** Where an attribution comes from: enough to make it again. Plain data. */
export interface Provenance {
  readonly method: MethodDescription;
  /** The rule of the innermost gradient. */
  readonly rule: Rule;
  /** How many rectifiers the rule acted on; 0 for "standard". */
  readonly rectifiers: number;
  /** What is approximate in the gradients, in words; only where something is. */
  readonly notes?: readonly string[];
  readonly score: Score;
  readonly backend: string;
  readonly engine: string;
  /** Versions of the packages of xdeep that took part, by name. */
  readonly versions: Readonly<Record<string, string>>;
}
