/** True where the point (x, y) lies inside the shape. The frame has x to the right and y downwards; the shape fits into the unit disc. */
export type Shape = (x: number, y: number) => boolean;

const circle: Shape = (x, y) => Math.hypot(x, y) < 0.85;

const square: Shape = (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.7;

const triangle: Shape = (x, y) => y < 0.5 && Math.sqrt(3) * Math.abs(x) - y < 1;

/** Five points of radius 1, notches of radius 0.42: folded into one half point, it is one side of a straight line. */
const star: Shape = (x, y) => {
  const half = Math.PI / 5;
  const turn = Math.atan2(x, -y) / (2 * half);
  const angle = Math.abs(turn - Math.round(turn)) * 2 * half;
  const radius = Math.hypot(x, y);
  const [notchX, notchY] = [0.42 * Math.cos(half), 0.42 * Math.sin(half)];
  return (radius * Math.cos(angle) - 1) * notchY < radius * Math.sin(angle) * (notchX - 1);
};

const cross: Shape = (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.9 && Math.min(Math.abs(x), Math.abs(y)) < 0.28;

const ring: Shape = (x, y) => Math.abs(Math.hypot(x, y) - 0.7) < 0.2;

/** The curve (u² + v² − 1)³ = u² v³, v upwards. */
const heart: Shape = (x, y) => {
  const [u, v] = [1.3 * x, 0.2 - 1.3 * y];
  return (u * u + v * v - 1) ** 3 < u * u * v ** 3;
};

const crescent: Shape = (x, y) => Math.hypot(x, y) < 0.95 && Math.hypot(x - 0.45, y) > 0.72;

/** Class names; the place of a name is its class number. */
export const CLASS_NAMES = ["circle", "square", "triangle", "star", "cross", "ring", "heart", "crescent"] as const;

/** Name of a class of pictures. */
export type ClassName = (typeof CLASS_NAMES)[number];

/** The shape of each class. */
export const SHAPES: Readonly<Record<ClassName, Shape>> = { circle, square, triangle, star, cross, ring, heart, crescent };
