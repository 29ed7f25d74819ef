import type { Attribution, AttributionJSON, Explainer, FloatTensor, Input, Model, ScoreRequest, Tensor } from "@xdeep/core";
import type { ResolvedInput } from "@xdeep/core/method";

/** A method of explanation: an explainer, or what makes one for a model. Measures that change the model's weights need the latter. */
export type Method = Explainer | ((model: Model) => Explainer);

/**
 * What is measured: an explanation that is there, as `attribution`, or one that `method` makes of `input`. Measures of the map alone need no more than a stored
 * attribution; those that run the model need `input` and `model` too, and those that explain again `method`.
 */
export interface Subject extends ScoreRequest {
  readonly input?: Input | undefined;
  /** An attribution, its JSON, or the text of that. Default: what `method` says of `input`. */
  readonly attribution?: Attribution<Input> | AttributionJSON | string | undefined;
  readonly method?: Method | undefined;
  /** Default: the explainer's own. */
  readonly model?: Model | undefined;
  /** Inputs to attribute to, where `method` explains. Default: every float input. */
  readonly wrt?: readonly string[] | undefined;
  /** Where the evidence is: [N, h, w] of a picture's height and width (or [N, … dims of one sample]), without N for one row; anything but 0 is inside. */
  readonly mask?: Tensor | undefined;
}

/** A subject whose explanation is made and checked: what a metric gets. */
export interface Explained {
  readonly rows: number;
  readonly attribution: Attribution<Input>;
  /** The attribution's values by name, [N, …] each, finite. */
  readonly values: Readonly<Record<string, FloatTensor>>;
  readonly model?: Model | undefined;
  readonly input?: Input | undefined;
  /** `input` as the model is fed. */
  readonly feeds?: ResolvedInput | undefined;
  readonly method?: Method | undefined;
  readonly mask?: Tensor | undefined;
  /** What was explained, targets fixed: asks for the same score again. */
  readonly request: ScoreRequest & { readonly wrt?: readonly string[] | undefined };
}

export interface MeasureOptions {
  /** Aborts between engine runs; the promise rejects with the signal's reason and the model stays usable. */
  readonly signal?: AbortSignal | undefined;
  /** Called after every run. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
}

/** A measure of explanations: a value, made by a function such as `deletion()`. */
export interface Metric {
  /** "deletion", "max-sensitivity", … */
  readonly name: string;
  /** Enough to measure the same again. Plain data. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Which values speak for an explanation. */
  readonly better: Better;
  measure(explained: Explained, options: MeasureOptions): Promise<Measured>;
}

export type Better = "higher" | "lower";

/** What a metric found. Plain data. */
export interface Measured {
  /** One per row; null where the measure is not defined, such as the sparseness of a map of zeros. Never NaN. */
  readonly values: readonly (number | null)[];
  /** One per row, for measures that follow a curve. */
  readonly curves?: readonly Curve[] | undefined;
  /** What should be known of the values, in words. */
  readonly notes?: readonly string[] | undefined;
}

/** Points of a curve: x is a share, 0 to 1. */
export interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** What was measured, and how. Plain data. */
export interface Measurement extends Measured {
  readonly metric: string;
  readonly better: Better;
  readonly parameters: Readonly<Record<string, unknown>>;
}
