import type { Random } from "./random.ts";

/** How much of the second of two colours is seen at the pixel (x, y), 0 to 1. */
export type Texture = (x: number, y: number) => number;

/** A wave from 0 to 1 that dwells at both ends: stripes with soft edges, which do not alias. */
const softSquareWave = (phase: number): number => 0.5 + 0.5 * Math.tanh(2.5 * Math.sin(phase));

function stripes(random: Random): Texture {
  const angle = random.uniform(0, Math.PI);
  const frequency = (2 * Math.PI) / random.uniform(6, 16);
  const phase = random.uniform(0, 2 * Math.PI);
  return (x, y) => softSquareWave((x * Math.cos(angle) + y * Math.sin(angle)) * frequency + phase);
}

function checks(random: Random): Texture {
  const angle = random.uniform(0, Math.PI / 2);
  const frequency = Math.PI / random.uniform(4, 9);
  const [cos, sin] = [Math.cos(angle) * frequency, Math.sin(angle) * frequency];
  const [a, b] = [random.uniform(0, Math.PI), random.uniform(0, Math.PI)];
  return (x, y) => 0.5 + 0.5 * Math.tanh(4 * Math.sin(x * cos + y * sin + a) * Math.sin(y * cos - x * sin + b));
}

function gradient(random: Random): Texture {
  const angle = random.uniform(0, 2 * Math.PI);
  const length = random.uniform(40, 80);
  return (x, y) => clamp(0.5 + ((x - 32) * Math.cos(angle) + (y - 32) * Math.sin(angle)) / length);
}

/** Soft spots of random size and place; where they meet they add up. */
function blobs(random: Random): Texture {
  const spots = Array.from({ length: random.integer(4, 9) }, () => ({
    x: random.uniform(0, 64),
    y: random.uniform(0, 64),
    radius: random.uniform(4, 10),
  }));
  return (x, y) => clamp(spots.reduce((sum, spot) => sum + Math.exp(-(((x - spot.x) / spot.radius) ** 2) - ((y - spot.y) / spot.radius) ** 2), 0));
}

/** Random values on a grid, blended smoothly between its corners: grain where the grid is fine, clouds where it is coarse. */
function noise(random: Random): Texture {
  const cell = random.uniform(1.5, 9);
  const columns = Math.ceil(64 / cell) + 2;
  const values = Array.from({ length: columns * columns }, () => random.uniform(0, 1));
  const at = (column: number, row: number): number => values[row * columns + column] as number;
  return (x, y) => {
    const [column, row] = [Math.floor(x / cell), Math.floor(y / cell)];
    const [u, v] = [smoothstep(x / cell - column), smoothstep(y / cell - row)];
    const top = mix(at(column, row), at(column + 1, row), u);
    const bottom = mix(at(column, row + 1), at(column + 1, row + 1), u);
    return mix(top, bottom, v);
  };
}

/** Every kind of background; each draws its angle, scale and place from `random`. */
export const TEXTURES: readonly ((random: Random) => Texture)[] = [stripes, checks, gradient, blobs, noise];

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

function smoothstep(t: number): number {
  return t * t * (3 - 2 * t);
}
