// Writes the pictures of `count` seeds from `first` on, for train.py: all images (RGB bytes, [count, size, size, 3]), then all masks
// ([count, size, size]), then all class numbers ([count]).
//
//   pnpm --filter @xdeep/demo build && node train/render.mjs <first> <count> <file>
import { createWriteStream } from "node:fs";
import { drawScene } from "@xdeep/demo";

const [first, count] = process.argv.slice(2, 4).map(Number);
const file = createWriteStream(process.argv[4]);
const scenes = Array.from({ length: count }, (_, index) => drawScene(first + index));
for (const scene of scenes) file.write(scene.image.data);
for (const scene of scenes) file.write(scene.mask);
file.end(Uint8Array.from(scenes, (scene) => scene.label));
