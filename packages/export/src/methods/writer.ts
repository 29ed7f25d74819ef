import { type MethodDescription, type Model, XDeepError } from "@xdeep/core";
import type { BaselineOption } from "@xdeep/core/method";
import type { GraphBuilder, Value } from "@xdeep/onnx";
import type { NoiseOption } from "@xdeep/smooth";

import type { Feeds, Network } from "../network/network.ts";
import type { RowTarget } from "../network/row-target.ts";

/** The rows that a method explains: those of the file's input, or points that an outer method chose. */
export interface Rows {
  readonly feeds: Feeds;
  readonly target: RowTarget;
  /** Rows here for each row of the file's input. */
  readonly copies: number;
  /** Methods that these rows have passed through; 0 for those of the input. */
  readonly depth: number;
}

/** What a method has written. */
export interface WrittenAttribution {
  /** By the names of what is attributed to, each [M, …]. */
  readonly values: ReadonlyMap<string, Value>;
  /** Σ A − (F(x) − F(x′)), [M], of the outermost method where it is defined. */
  readonly delta?: Value | undefined;
  /** int64 [M]: the points that each row took, where their number follows a tolerance. */
  readonly points?: Value | undefined;
  /** The value inside that was looked at, where the method looks at one. */
  readonly layer?: string | undefined;
}

/** Tensors of methods: their descriptions hold dims alone. */
export interface ExportTensors {
  /** Of "integrated". */
  readonly baseline?: BaselineOption | undefined;
  /** Of "smooth": [n, … dims of one sample], or by input name. */
  readonly noise?: NoiseOption | undefined;
}

/** What a writer writes with. */
export interface WriterContext {
  readonly g: GraphBuilder;
  readonly network: Network;
  readonly model: Model;
  /** The name of the batch size. */
  readonly batch: string;
  /** Names of the values that are attributed to. */
  readonly wrt: readonly string[];
  /** Name of the explained output, and of the value that is its score: the same, or the argument of its final activation. */
  readonly output: string;
  readonly scored: string;
  /** What points and noise are computed in before they are rounded to float32. In float64 they are those of the API to the bit. */
  readonly pointType: "float32" | "float64";
  /** Tensors that descriptions only name by their dims. */
  readonly tensors: ExportTensors;
  /** Rows' points beyond which they are taken one after the other, by a Scan; null where there is no such bound. */
  readonly scanBeyond: number | null;
  /** The same, writing into the body of a Scan or Loop. */
  within(body: GraphBuilder): WriterContext;
  /**
   * The same for a method that moves what it attributes to, as paths and noise do: where nothing is named these leave states and masks alone, as the API does.
   *
   * @throws {XDeepError} WRT_UNKNOWN where what is named cannot be moved
   */
  moving(): WriterContext;
  /** Writes a method for these rows: the one inside, mostly. */
  write(method: MethodDescription, rows: Rows): WrittenAttribution;
}

/** Writes one kind of method into the graph, from its plain description. A third party's method brings its own: `writers: { "my-method": … }`. */
export type MethodWriter = (context: WriterContext, method: MethodDescription, rows: Rows) => WrittenAttribution;

/** The method inside. @throws {XDeepError} OPTION_INVALID where there is none */
export function inside({ name, of }: MethodDescription): MethodDescription {
  if (of !== undefined) return of;
  throw new XDeepError("OPTION_INVALID", `The description of "${name}" names no method inside (\`of\`). Pass \`explainer.method\` as it is.`, {
    details: { method: name },
  });
}

/** A setting of a method that no file can hold. */
export function refusal(method: string, setting: string, why: string, advice: string): XDeepError {
  return new XDeepError("OPTION_INVALID", `${method} with ${setting} cannot be written into a file: ${why} ${advice}`, { details: { method, setting } });
}
