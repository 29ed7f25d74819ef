import { printableLines } from "./printable.ts";

/**
 * What went wrong, as a stable word. Codes keep their meaning within a major version; messages may improve.
 * Each is explained in docs/errors.md, and a test keeps the two lists equal.
 */
export const ERROR_CODES = [
  "ATTRIBUTE_INVALID",
  "BASELINE_INVALID",
  "BATCH_INVALID",
  "CAPABILITY_MISSING",
  "CONTRACT_VERSION",
  "ENGINE_FAILED",
  "ENGINE_MISSING",
  "EXTERNAL_DATA_MISSING",
  "GPU_UNAVAILABLE",
  "GRADIENT_MISSING",
  "IMAGE_INVALID",
  "INPUT_CHANGED",
  "INPUT_MISSING",
  "INPUT_NOT_FINITE",
  "INPUT_SHAPE",
  "INPUT_TYPE",
  "INPUT_UNKNOWN",
  "MODEL_DISPOSED",
  "MODEL_INVALID",
  "MODEL_NOT_FOUND",
  "MODEL_UNSUPPORTED",
  "NOISE_INVALID",
  "OPTION_INVALID",
  "OUTPUT_UNKNOWN",
  "QUEUE_UNAVAILABLE",
  "RESULT_NOT_FINITE",
  "RULE_INVALID",
  "RULE_UNKNOWN",
  "TARGET_INVALID",
  "TARGET_OUT_OF_RANGE",
  "WRITE_FAILED",
  "WRT_UNKNOWN",
] as const;

export type XDeepErrorCode = (typeof ERROR_CODES)[number];

export interface XDeepErrorOptions {
  /** Plain data a program can act on: names, dims, lists. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The error underneath, as the engine or the file system threw it. */
  readonly cause?: unknown;
}

/**
 * The one error of xdeep: whatever depends on a model, on data or on a device. Wrong JavaScript types throw a plain `TypeError`. Its message shows on
 * a terminal as it is: control characters, which names from files may hold, are written out, and what a file makes longer than a page is cut. `details`
 * hold everything as it is.
 */
export class XDeepError extends Error {
  override readonly name = "XDeepError";
  readonly code: XDeepErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: XDeepErrorCode, message: string, options: XDeepErrorOptions = {}) {
    super(message.split("\n").map(shortened).map(printableLines).join("\n"), options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Characters of one line of a message: a file may hold a name, or a list of sizes, of any length. */
const LONGEST_LINE = 2000;

function shortened(line: string): string {
  return line.length <= LONGEST_LINE
    ? line
    : `${line.slice(0, LONGEST_LINE / 2)} … (${line.length - LONGEST_LINE} characters) … ${line.slice(-LONGEST_LINE / 2)}`;
}

/** True for an XDeepError of any installed copy of this package, optionally of one code. */
export function isXDeepError(value: unknown, code?: XDeepErrorCode): value is XDeepError {
  if (!(value instanceof Error) || value.name !== "XDeepError" || !("code" in value)) return false;
  return code === undefined || value.code === code;
}
