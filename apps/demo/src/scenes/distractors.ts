import type { Region } from "./canvas.ts";
import type { Random } from "./random.ts";

/** A dot of at most two and a half pixels' radius, anywhere on a picture of this size: too small to be an object. */
function dot(random: Random, size: number): Region {
  const [x, y] = [random.uniform(0, size), random.uniform(0, size)];
  const radius = random.uniform(1, 2.5);
  return { x, y, reach: radius, contains: (px, py) => Math.hypot(px - x, py - y) < radius };
}

/** A straight stroke with round ends, at most twelve pixels long. */
function stroke(random: Random, size: number): Region {
  const [x, y] = [random.uniform(0, size), random.uniform(0, size)];
  const angle = random.uniform(0, Math.PI);
  const half = random.uniform(2, 5);
  const thickness = random.uniform(0.6, 1.1);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const contains = (px: number, py: number): boolean => {
    const along = (px - x) * cos + (py - y) * sin;
    const nearest = Math.max(-half, Math.min(half, along));
    return Math.hypot(px - x - nearest * cos, py - y - nearest * sin) < thickness;
  };
  return { x, y, reach: half + thickness, contains };
}

/** Two to seven marks that belong to no class: an explanation has to pass them by. */
export function drawDistractors(random: Random, size: number): Region[] {
  return Array.from({ length: random.integer(2, 7) }, () => random.pick([dot, stroke])(random, size));
}
