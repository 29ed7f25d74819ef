/** Draws in the order [count, C, H, W] as draws in the order [count, H, W, C]. */
export function channelsLast(draws: Float64Array, [height, width, channels]: readonly [number, number, number]): Float64Array {
  const area = height * width;
  const turned = new Float64Array(draws.length);
  for (let offset = 0; offset < draws.length; offset += area * channels) {
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < area; pixel++) turned[offset + pixel * channels + channel] = draws[offset + channel * area + pixel]!;
    }
  }
  return turned;
}
