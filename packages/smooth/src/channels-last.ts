/** Writes the elements from `start` to `end` of draws in the order [count, H, W, C] into `turned`, from draws in the order [count, C, H, W]. */
export function channelsLast(
  draws: Float64Array,
  turned: Float64Array,
  [height, width, channels]: readonly [number, number, number],
  start = 0,
  end: number = draws.length,
): Float64Array {
  const area = height * width;
  const size = area * channels;
  let offset = start - (start % size);
  let pixel = Math.floor((start - offset) / channels);
  let channel = start % channels;
  for (let i = start; i < end; i++) {
    turned[i] = draws[offset + channel * area + pixel]!;
    if (++channel < channels) continue;
    channel = 0;
    if (++pixel < area) continue;
    pixel = 0;
    offset += size;
  }
  return turned;
}
