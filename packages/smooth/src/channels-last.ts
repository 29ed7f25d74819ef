/** Draws in the order [count, C, H, W] as draws in the order [count, H, W, C]. */
export function channelsLast(draws: Float64Array, [height, width, channels]: readonly [number, number, number]): Float64Array {
  const area = height * width;
  const size = area * channels;
  return draws.map((_, i) => {
    const inSample = i % size;
    return draws[i - inSample + (inSample % channels) * area + Math.floor(inSample / channels)]!;
  });
}
