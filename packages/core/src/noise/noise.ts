import { XDeepError } from "../errors/error.ts";
import { exactLn } from "./exact-ln.ts";
import { randomBits, uniform } from "./xoshiro.ts";

/** An endless sequence of standard normal numbers. */
export interface NoiseSource {
  /** Overwrites `values` with the next numbers, mean 0 and standard deviation 1. */
  drawInto(values: Float64Array): Float64Array;
  /** The next `count` numbers. */
  next(count: number): Float64Array;
}

/** Where the tail begins that the lowest of 256 layers of equal area holds, the density e^(−x²/2) there, and that area. */
const TAIL = 3.654152885361009;
const DENSITY_AT_TAIL = 0.0012602859304985975;
const AREA = 0.004928673233974655;
/** Magnitudes inside a layer are integers below this. */
const UNIT = 2 ** 23;

/**
 * Standard normal noise that is the same, bit for bit, on every platform, and stays so within a major version: xoshiro128** gives 32 bits,
 * a ziggurat of 256 layers makes them normal, and everything in it is an operation that IEEE 754 defines exactly. `Math.log` and its like may
 * differ between JavaScript engines.
 *
 * Streams of one seed do not overlap: that of `depth` d and `stream` k starts d · 2⁹⁶ + k · 2⁶⁴ words into its sequence.
 *
 * @param seed integer, 0 to 2³² − 1
 * @param depth that of the `origin` that an explainer is called with: methods inside one another draw from streams of their own
 * @throws {XDeepError} OPTION_INVALID for any other seed
 * @see G. Marsaglia and W. W. Tsang (2000), The ziggurat method for generating random variables, Journal of Statistical Software 5(8)
 * @see J. A. Doornik (2005), An improved ziggurat method to generate normal random samples: layer and magnitude must not share bits
 */
export function createNoise(seed: number, stream = 0, depth = 0): NoiseSource {
  checkSeed(seed);
  const { scales, inside } = (layers ??= makeLayers());
  const bits = randomBits(seed, stream, depth);

  function drawInto(values: Float64Array): Float64Array {
    for (let i = 0; i < values.length; i++) {
      const drawn = bits();
      const layer = drawn & 255;
      const size = drawn >> 8;
      // size ^ (size >> 31) is its magnitude, without a branch that is taken half the time.
      values[i] = (size ^ (size >> 31)) < inside[layer]! ? (size + 0.5) * scales[layer]! : atEdge(bits, drawn);
    }
    return values;
  }

  return { drawInto, next: (count) => drawInto(new Float64Array(count)) };
}

/** @throws {XDeepError} OPTION_INVALID unless `seed` is an integer from 0 to 2³² − 1 */
export function checkSeed(seed: number): void {
  if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) return;
  throw new XDeepError("OPTION_INVALID", `A seed is an integer from 0 to ${2 ** 32 - 1}, got ${seed}.`, { details: { seed } });
}

/** The next 32 random bits. */
type Bits = () => number;

/** The layers [0, edge] × [height, next height] under the density, from the lowest, which ends in the tail, to the top. */
interface Layers {
  readonly heights: Float64Array;
  /** edge / 2²³. */
  readonly scales: Float64Array;
  /** Magnitudes below this lie under the density whatever the height: the next layer's edge, as a share of 2²³. */
  readonly inside: Int32Array;
}

let layers: Layers | undefined;

function makeLayers(): Layers {
  const edges = Float64Array.of(AREA / DENSITY_AT_TAIL, TAIL, ...new Float64Array(255));
  const heights = Float64Array.of(0, DENSITY_AT_TAIL, ...new Float64Array(254), 1);
  for (let k = 1; k < 255; k++) {
    heights[k + 1] = heights[k]! + AREA / edges[k]!;
    edges[k + 1] = Math.sqrt(-2 * exactLn(heights[k + 1]!));
  }
  return {
    heights,
    scales: edges.subarray(0, 256).map((edge) => edge / UNIT),
    inside: Int32Array.from({ length: 256 }, (_, k) => Math.floor((edges[k + 1]! / edges[k]!) * UNIT)),
  };
}

/** A number from bits that may lie outside the density: the 1 % that need a closer look, and more bits. */
function atEdge(bits: Bits, first: number): number {
  const { heights, scales, inside } = layers!;
  for (let drawn = first; ; drawn = bits()) {
    const layer = drawn & 255;
    const size = drawn >> 8;
    const x = (size + 0.5) * scales[layer]!;
    if ((size ^ (size >> 31)) < inside[layer]!) return x;
    if (layer === 0) return size < 0 ? -tail(bits) : tail(bits);
    const height = heights[layer]! + uniform(bits) * (heights[layer + 1]! - heights[layer]!);
    if (2 * exactLn(height) < -x * x) return x;
  }
}

/** G. Marsaglia (1964): the tail from two exponential numbers. */
function tail(bits: Bits): number {
  for (;;) {
    const beyond = -exactLn(uniform(bits)) / TAIL;
    if (-2 * exactLn(uniform(bits)) > beyond * beyond) return TAIL + beyond;
  }
}
