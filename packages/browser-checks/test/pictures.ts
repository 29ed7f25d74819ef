import sharp from "sharp";

/** A JPEG of 101 × 67 with soft colours and edges: its colours are halved in size, as in most photographs. */
export async function drawnJpeg(): Promise<Uint8Array> {
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
