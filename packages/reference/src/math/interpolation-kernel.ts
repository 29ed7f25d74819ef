/** max(0, 1 − |distance|). */
export function linearKernel(distance: number): number {
  return Math.max(0, 1 - Math.abs(distance));
}

/** Cubic convolution with the free parameter a (Keys 1981, doi:10.1109/TASSP.1981.1163711, eq. 4). */
export function cubicKernel(a: number): (distance: number) => number {
  return (distance) => {
    const t = Math.abs(distance);
    if (t <= 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
    return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0;
  };
}
