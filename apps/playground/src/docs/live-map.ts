import "@xdeep/map";
import { float32 } from "@xdeep/core";
import { createAttribution } from "@xdeep/core/method";

const SIDE = 48;

/** Shows the element itself under the heading of its page: a ring that speaks for its target, in a field that speaks against it. */
export function showLiveMap(): void {
  const distance = (n: number): number => Math.hypot((n % SIDE) - SIDE / 2, Math.floor(n / SIDE) - SIDE / 2) / (SIDE / 2);
  const values = Float32Array.from(
    { length: SIDE * SIDE },
    (_, n) => Math.exp(-(((distance(n) - 0.55) / 0.12) ** 2)) - 0.35 * Math.exp(-((distance(n) / 0.35) ** 2)),
  );
  const pixels = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => (Math.abs(distance(Math.floor(i / 3)) - 0.55) < 0.12 ? 225 : 70 + ((i * 7) % 30)));
  const map = document.createElement("xdeep-map");
  map.setAttribute("caption", "a ring, live: point at it, or use the arrow keys");
  map.setAttribute("signed", "");
  map.setAttribute("controls", "");
  map.style.maxWidth = "18rem";
  map.attribution = createAttribution({
    values: float32([1, 1, SIDE, SIDE], values),
    target: [0],
    scores: Float32Array.of(1),
    output: "y",
    provenance: { method: { name: "drawn", parameters: {} }, rule: "standard", rectifiers: 0, score: "logit", backend: "none", engine: "none", versions: {} },
  });
  map.picture = { width: SIDE, height: SIDE, data: pixels };
  document.querySelector("main h1")?.after(map);
}
