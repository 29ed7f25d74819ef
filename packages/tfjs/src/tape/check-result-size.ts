import { XDeepError } from "@xdeep/core";
import type { NamedAttrMap, NamedTensorMap } from "@tensorflow/tfjs-core";

/** Elements that a value may have which is more than GROWTH times as large as what it is made of, or, of joined values, as the input: 256 MB. */
export const MOST_ELEMENTS: number = 2 ** 26;
const GROWTH = 64;

/** Kernels that put values together. A value joined with itself thirty times over is a billion times as large, though no step does more than double it. */
const JOINS: ReadonlySet<string> = new Set(["Concat", "Pack"]);

/**
 * Refuses a kernel whose result has a size that the model alone chose, before memory is taken for it: few bytes of a file can ask for any.
 * `source` has the elements of the largest input of the model in this run.
 *
 * @throws {XDeepError} MODEL_UNSUPPORTED
 */
export function checkResultSize(kernel: string, inputs: NamedTensorMap, attrs: NamedAttrMap, source: number): void {
  const isJoin = JOINS.has(kernel);
  const elements = isJoin
    ? Object.values(inputs).reduce((sum, { size }) => sum + size, 0)
    : (RESULT_ELEMENTS[kernel]?.(attrs as unknown as Attributes, largest(inputs)) ?? 0);
  if (elements <= MOST_ELEMENTS || elements <= GROWTH * (isJoin ? source : largest(inputs).size)) return;
  throw new XDeepError(
    "MODEL_UNSUPPORTED",
    `The model asks for a value of ${elements} elements (kernel ${kernel}); at most ${MOST_ELEMENTS} may be made of so little. The file is damaged, or was made to take all memory.`,
    { details: { kernel, elements, most: MOST_ELEMENTS } },
  );
}

interface Sized {
  readonly shape: readonly number[];
  readonly size: number;
}

/** The attributes that size results, as TensorFlow.js hands them to kernels. */
interface Attributes {
  readonly shape: readonly number[];
  readonly reps: readonly number[];
  readonly paddings: readonly (readonly [number, number])[];
  readonly depth: number;
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  readonly size: readonly number[];
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);
const padded = ({ paddings }: Attributes, { shape }: Sized): number =>
  product(shape.map((size, axis) => size + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0)));
const resized = ({ size }: Attributes, { shape }: Sized): number => product(size) * (shape[0] ?? 1) * (shape[3] ?? 1);

const RESULT_ELEMENTS: Readonly<Record<string, (attrs: Attributes, x: Sized) => number>> = {
  Fill: ({ shape }) => product(shape),
  MirrorPad: padded,
  OneHot: ({ depth }, { size }) => depth * size,
  PadV2: padded,
  Range: ({ start, stop, step }) => Math.abs((stop - start) / step),
  ResizeBilinear: resized,
  ResizeNearestNeighbor: resized,
  Tile: ({ reps }, { size }) => product(reps) * size,
};

const NOTHING: Sized = { shape: [], size: 0 };

function largest(inputs: NamedTensorMap): Sized {
  return Object.values(inputs).reduce<Sized>((most, input) => (input?.size > most.size ? input : most), NOTHING);
}
