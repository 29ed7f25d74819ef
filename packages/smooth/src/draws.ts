import { sizeOf } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import type { Model } from "@xdeep/core";
import type { NoiseSource } from "@xdeep/core/method";

import { channelsLast } from "./channels-last.ts";
import { readNoise } from "./explicit-noise.ts";
import type { NoiseSettings } from "./settings.ts";

/** Draws of noise, in order, shared by all rows: a row of a batch gets the noise that it would get alone. */
export interface Draws {
  /** The next `count` draws of each value, [count · size of one sample]: of standard deviation 1 unless the noise was given. The next call overwrites them. */
  next(count: number): Readonly<Record<string, Float64Array>>;
}

/**
 * @param samples dims of one sample, by the names of the values that get noise
 * @param depth that of the call's origin: SmoothGrad inside SmoothGrad draws noise of its own
 */
export function createDraws(model: Model, settings: NoiseSettings, samples: Readonly<Record<string, readonly number[]>>, depth: number): Draws {
  const sizes = Object.entries(samples).map(([name, dims]) => [name, sizeOf(dims)] as const);
  if ("noise" in settings) return givenDraws(readNoise(settings.noise, samples), sizes);
  const sources = sizes.map(
    ([name, size]) => [name, drawsOf(createNoise(settings.seed, streamOf(model, name), depth), size, arrangement(model, name, samples[name]!))] as const,
  );
  return { next: (count) => Object.fromEntries(sources.map(([name, draw]) => [name, draw(count)])) };
}

function drawsOf(source: NoiseSource, size: number, arrange: (draws: Float64Array) => Float64Array): (count: number) => Float64Array {
  let buffer = new Float64Array(0);
  return (count) => {
    if (buffer.length < count * size) buffer = new Float64Array(count * size);
    return arrange(source.drawInto(buffer.subarray(0, count * size)));
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
  return {
    next(count) {
      const start = used;
      used += count;
      return Object.fromEntries(sizes.map(([name, size]) => [name, noise[name]!.subarray(start * size, used * size)]));
    },
  };
}

/** Each input has its own stream, so that its noise does not depend on which others get some. Inner values share the one after them. */
function streamOf({ inputs }: Model, name: string): number {
  const index = inputs.findIndex((input) => input.name === name);
  return index < 0 ? inputs.length : index;
}
