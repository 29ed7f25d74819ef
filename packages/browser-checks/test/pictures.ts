import sharp, { type Sharp } from "sharp";

const SIZE = { width: 301, height: 197 };

/** Soft colours, an edge and a texture. */
function drawn(channels: 3 | 4): Sharp {
  const { width, height } = SIZE;
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const [x, y, channel] = [Math.floor(i / channels) % width, Math.floor(i / channels / width), i % channels];
    if (channel === 3) return (x * 3 + y) % 256;
    return Math.hypot(x - 150, y - 100) < 60 ? [230, 90, 40][channel]! : 128 + 60 * Math.sin(x / 9 + channel) * Math.cos(y / 7) + ((x * y) % 13);
  });
  return sharp(data, { raw: { ...SIZE, channels } });
}

/** A disc on soft colours, 101 × 67, without texture: far from the kinks of ReLU, on whose two sides engines that round differently may fall. */
export function discJpeg(): Promise<Uint8Array> {
  const [width, height] = [101, 67];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y, channel] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    const inside = Math.hypot(x - 52, y - 33) < 22;
    return inside ? [230, 90, 40][channel]! : 128 + 60 * Math.sin(x / 9 + channel) * Math.cos(y / 7);
  });
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 92 })
    .toBuffer();
}

/** A JPEG whose colours are halved in size, as in most photographs. */
function drawnJpeg(): Promise<Uint8Array> {
  return drawn(3).jpeg({ quality: 92 }).toBuffer();
}

/** Files of every kind that browsers and Node both read, and the levels by which their pixels may differ. */
export const PICTURES: readonly (readonly [name: string, levels: number, file: () => Promise<Uint8Array>])[] = [
  ["halved.jpg", 0, drawnJpeg],
  ["whole.jpg", 0, () => drawn(3).jpeg({ chromaSubsampling: "4:4:4" }).toBuffer()],
  ["progressive.jpg", 0, () => drawn(3).jpeg({ progressive: true }).toBuffer()],
  ["grey.jpg", 0, () => drawn(3).greyscale().jpeg().toBuffer()],
  ["turned.jpg", 0, () => drawn(3).withMetadata({ orientation: 6 }).jpeg().toBuffer()],
  ["mirrored.jpg", 0, () => drawn(3).withMetadata({ orientation: 5 }).jpeg().toBuffer()],
  ["plain.png", 0, () => drawn(3).png().toBuffer()],
  ["clear.png", 1, () => drawn(4).png().toBuffer()],
  ["deep.png", 0, () => drawn(3).toColourspace("rgb16").png().toBuffer()],
  ["profile.png", 1, () => drawn(3).withIccProfile("p3").png().toBuffer()],
  ["lossy.webp", 0, () => drawn(3).webp().toBuffer()],
  ["exact.webp", 1, () => drawn(4).webp({ lossless: true }).toBuffer()],
  ["few.gif", 0, () => drawn(3).gif().toBuffer()],
  ["new.avif", 1, () => drawn(3).avif().toBuffer()],
];
