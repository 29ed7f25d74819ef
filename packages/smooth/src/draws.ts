import { sizeOf } from "@xdeep/core";
import { type Pause, createNoise, inPieces } from "@xdeep/core/method";
import type { Model } from "@xdeep/core";

import { channelsLast } from "./channels-last.ts";
import { readNoise } from "./explicit-noise.ts";
import type { NoiseSettings } from "./settings.ts";

/** Draws of noise, in order, shared by all rows: a row of a batch gets the noise that it would get alone. */
export interface Draws {
  /** The next `count` draws of each value, [count · size of one sample]: of standard deviation 1 unless the noise was given. The next call overwrites them. */
  next(count: number): Readonly<Record<string, Float64Array>>;
  /** The same, with pauses: the noise of a few large pictures keeps the thread for many milliseconds. */
  nextInPieces(count: number, pause: Pause): Promise<Readonly<Record<string, Float64Array>>>;
}

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
    turn: turning(model, name, samples[name]!),
  }));

  function next(count: number): Readonly<Record<string, Float64Array>> {
    return Object.fromEntries(
      drawn.map(({ name, source, room, turn }) => {
        const values = source.drawInto(room(count));
        const turned = turn?.(values);
        turned?.write(0, values.length);
        return [name, turned?.into ?? values];
      }),
    );
  }

  async function nextInPieces(count: number, pause: Pause): Promise<Readonly<Record<string, Float64Array>>> {
    const draws: Record<string, Float64Array> = {};
    for (const { name, source, room, turn } of drawn) {
      const values = room(count);
      await inPieces(values.length, pause, (start, end) => void source.drawInto(values.subarray(start, end)));
      const turned = turn?.(values);
      if (turned !== undefined) await inPieces(values.length, pause, turned.write);
      draws[name] = turned?.into ?? values;
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

/** Draws in another order: `write` fills a part of `into`. */
type Turn = (draws: Float64Array) => { readonly into: Float64Array; readonly write: (start: number, end: number) => void };

/** Pictures get the same noise at the same pixel whichever way their axes run: it is drawn channel by channel. Undefined where that is the order anyway. */
function turning({ inputs }: Model, name: string, dims: readonly number[]): Turn | undefined {
  const layout = inputs.find((input) => input.name === name)?.layout;
  const [height, width, channels] = dims;
  if (layout !== "NHWC" || height === undefined || width === undefined || channels === undefined) return undefined;
  const room = growing(sizeOf(dims));
  return (draws) => {
    const into = room(draws.length / sizeOf(dims));
    return { into, write: (start, end) => void channelsLast(draws, into, [height, width, channels], start, end) };
  };
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
