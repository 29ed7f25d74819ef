import { sizeOf } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import type { Model } from "@xdeep/core";

import { channelsLast } from "./channels-last.ts";
import { readNoise } from "./explicit-noise.ts";
import type { NoiseSettings } from "./settings.ts";

/** Draws of noise, in order, shared by all rows: a row of a batch gets the noise that it would get alone. */
export interface Draws {
  /** The next `count` draws of each value, [count · size of one sample]: of standard deviation 1 unless the noise was given. The next call overwrites them. */
  next(count: number): Readonly<Record<string, Float64Array>>;
  /** The same, with a pause after every piece: the noise of a few large pictures keeps the thread for many milliseconds. */
  nextInPieces(count: number, pause: () => Promise<void>): Promise<Readonly<Record<string, Float64Array>>>;
}

/** Numbers that are drawn at once: a fraction of a millisecond, and a few where the loop is not compiled yet. */
const PIECE = 2 ** 13;

/**
 * @param samples dims of one sample, by the names of the values that get noise
 * @param depth that of the call's origin: SmoothGrad inside SmoothGrad draws noise of its own
 */
export function createDraws(model: Model, settings: NoiseSettings, samples: Readonly<Record<string, readonly number[]>>, depth: number): Draws {
  const sizes = Object.entries(samples).map(([name, dims]) => [name, sizeOf(dims)] as const);
  if ("noise" in settings) return givenDraws(readNoise(settings.noise, samples), sizes);
  const drawn = sizes.map(([name, size]) => ({
    name,
    source: createNoise(settings.seed, streamOf(model, name), depth),
    room: growing(size),
    arrange: arrangement(model, name, samples[name]!),
  }));

  function next(count: number): Readonly<Record<string, Float64Array>> {
    return Object.fromEntries(drawn.map(({ name, source, room, arrange }) => [name, arrange(source.drawInto(room(count)))]));
  }

  async function nextInPieces(count: number, pause: () => Promise<void>): Promise<Readonly<Record<string, Float64Array>>> {
    const draws: Record<string, Float64Array> = {};
    for (const { name, source, room, arrange } of drawn) {
      const values = room(count);
      for (let start = 0; start < values.length; start += PIECE) {
        source.drawInto(values.subarray(start, start + PIECE));
        await pause();
      }
      draws[name] = arrange(values);
    }
    return draws;
  }

  return { next, nextInPieces };
}

/** Room for draws, which the next ones overwrite. */
function growing(size: number): (count: number) => Float64Array {
  let buffer = new Float64Array(0);
  return (count) => {
    if (buffer.length < count * size) buffer = new Float64Array(count * size);
    return buffer.subarray(0, count * size);
  };
}

/** Pictures get the same noise at the same pixel whichever way their axes run: it is drawn channel by channel. */
function arrangement({ inputs }: Model, name: string, dims: readonly number[]): (draws: Float64Array) => Float64Array {
  const layout = inputs.find((input) => input.name === name)?.layout;
  const [height, width, channels] = dims;
  if (layout !== "NHWC" || height === undefined || width === undefined || channels === undefined) return (draws) => draws;
  return (draws) => channelsLast(draws, [height, width, channels]);
}

function givenDraws(noise: Readonly<Record<string, Float64Array>>, sizes: readonly (readonly [string, number])[]): Draws {
  let used = 0;
  const next: Draws["next"] = (count) => {
    const start = used;
    used += count;
    return Object.fromEntries(sizes.map(([name, size]) => [name, noise[name]!.subarray(start * size, used * size)]));
  };
  return { next, nextInPieces: async (count) => next(count) };
}

/** Each input has its own stream, so that its noise does not depend on which others get some. Inner values share the one after them. */
function streamOf({ inputs }: Model, name: string): number {
  const index = inputs.findIndex((input) => input.name === name);
  return index < 0 ? inputs.length : index;
}
