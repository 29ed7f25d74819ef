import { createNoise } from "@xdeep/core/method";

/** Width and height of a drawn digit. */
export const DIGIT_SIDE = 28;

/** Strokes of each digit in a square from −1 to 1, as polylines; y grows downwards. */
const arc = (x, y, rx, ry, from, to) =>
  Array.from({ length: 17 }, (_, n) => ((angle) => [x + rx * Math.cos(angle), y + ry * Math.sin(angle)])(((from + ((to - from) * n) / 16) * Math.PI) / 180));
const STROKES = [
  [arc(0, 0, 0.6, 0.9, 0, 360)],
  [
    [
      [-0.3, -0.55],
      [0.1, -0.9],
      [0.1, 0.9],
    ],
  ],
  [[...arc(0, -0.4, 0.55, 0.5, 180, 400), [-0.55, 0.9], [0.6, 0.9]]],
  [[...arc(-0.05, -0.45, 0.5, 0.45, 200, 440)], [...arc(-0.05, 0.45, 0.6, 0.45, -80, 160)]],
  [
    [
      [0.3, 0.9],
      [0.3, -0.9],
      [-0.6, 0.3],
      [0.65, 0.3],
    ],
  ],
  [[[0.5, -0.9], [-0.4, -0.9], [-0.45, -0.1], ...arc(-0.05, 0.35, 0.55, 0.55, -110, 150)]],
  [[[0.35, -0.9], [-0.25, -0.3], ...arc(0, 0.4, 0.52, 0.5, 190, 550)]],
  [
    [
      [-0.55, -0.9],
      [0.6, -0.9],
      [-0.1, 0.9],
    ],
  ],
  [arc(0, -0.45, 0.45, 0.43, 90, 450), arc(0, 0.45, 0.55, 0.45, -90, 270)],
  [[...arc(0, -0.4, 0.5, 0.48, 0, 360), [0.45, -0.2], [0.25, 0.9]]],
];

/**
 * The digit `seed % 10`, white on black, of random size, place, slant, turn, thickness and shake; with faint noise.
 *
 * @param {number} seed
 * @returns {Float32Array} [28 * 28], 0…1
 */
export function drawDigit(seed) {
  const random = createNoise(seed).next(64 + DIGIT_SIDE * DIGIT_SIDE);
  let used = 0;
  const around = (mean, deviation) => mean + deviation * Math.max(-2.2, Math.min(2.2, random[used++]));
  const [width, height] = [around(7.2, 0.9), around(8.6, 0.8)];
  const [x0, y0] = [around(14, 1.3), around(14, 1.3)];
  const [slant, turn, thick] = [around(0.1, 0.14), around(0, 0.09), around(1.35, 0.22)];
  const [sin, cos] = [Math.sin(turn), Math.cos(turn)];
  const lines = STROKES[seed % 10].map((stroke) =>
    stroke.map(([x, y]) => {
      const [u, v] = [(x - slant * y) * width + (used < 60 ? around(0, 0.18) : 0), y * height + (used < 60 ? around(0, 0.18) : 0)];
      return [x0 + u * cos - v * sin, y0 + u * sin + v * cos];
    }),
  );
  return Float32Array.from({ length: DIGIT_SIDE * DIGIT_SIDE }, (_, n) => {
    const distance = Math.min(...lines.map((line) => distanceTo(line, (n % DIGIT_SIDE) + 0.5, Math.floor(n / DIGIT_SIDE) + 0.5)));
    const ink = Math.max(0, Math.min(1, thick - distance + 0.5));
    return Math.max(0, Math.min(1, ink + 0.03 * random[64 + n]));
  });
}

function distanceTo(line, x, y) {
  let least = Infinity;
  for (let n = 1; n < line.length; n++) {
    const [[ax, ay], [bx, by]] = [line[n - 1], line[n]];
    const [dx, dy] = [bx - ax, by - ay];
    const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, Math.hypot(x - ax - t * dx, y - ay - t * dy));
  }
  return least;
}
