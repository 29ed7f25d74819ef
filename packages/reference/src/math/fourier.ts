/** A signal of complex numbers. */
export interface Complex {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** Xₖ = Σ xₙ e^(∓2πikn/N); the inverse also divides by N. Straight from the definition. */
export function fourierTransform({ real, imaginary }: Complex, inverse: boolean): Complex {
  const n = real.length;
  const result = { real: new Float64Array(n), imaginary: new Float64Array(n) };
  const sign = inverse ? 1 : -1;
  const scale = inverse ? 1 / n : 1;
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) {
      const angle = (sign * 2 * Math.PI * ((k * i) % n)) / n;
      const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
      result.real[k]! += real[i]! * cos - imaginary[i]! * sin;
      result.imaginary[k]! += real[i]! * sin + imaginary[i]! * cos;
    }
  }
  return result;
}

/** The whole spectrum of a real signal of `length` from its first ⌊length/2⌋ + 1 numbers: X₍ₙ₋ₖ₎ is the conjugate of Xₖ. */
export function completedSpectrum({ real, imaginary }: Complex, length: number): Complex {
  const mirrored = (part: Float64Array, sign: number): Float64Array =>
    Float64Array.from({ length }, (_, k) => (k < part.length ? part[k]! : sign * (part[length - k] ?? 0)));
  return { real: mirrored(real, 1), imaginary: mirrored(imaginary, -1) };
}
