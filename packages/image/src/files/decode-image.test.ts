import { mkdtemp, rm } from "node:fs/promises";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeImage } from "./decode-image.ts";

/** 3 × 2, a colour each, so that every rotation and swap shows. */
const COLORS = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 0],
  [0, 255, 255],
  [255, 0, 255],
];
const pixels = Uint8Array.from(COLORS.flat());
const raw = { raw: { width: 3, height: 2, channels: 3 } } as const;

/** The same colours as 24 × 16 with plain 8 × 8 blocks, which JPEG keeps almost exactly. */
const blocks = sharp(pixels, raw).resize(24, 16, { kernel: "nearest" });

/** As PNG has it. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xed_b8_83_20 : 0);
  }
  return ~crc >>> 0;
}

/** The middle of each of 8 × 8 blocks, columns × rows. */
function blockColors({ width, height, data }: { width: number; height: number; data: ArrayLike<number> }): number[][] {
  const colors: number[][] = [];
  for (let y = 4; y < height; y += 8) {
    for (let x = 4; x < width; x += 8) colors.push([0, 1, 2].map((channel) => data[(y * width + x) * 3 + channel]!));
  }
  return colors;
}

function expectColors(actual: number[][], expected: number[][], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const distance = Math.max(...actual.flatMap((color, at) => color.map((level, channel) => Math.abs(level - expected[at]![channel]!))));
  expect(distance).toBeLessThanOrEqual(tolerance);
}

describe("decodeImage", () => {
  it("gives the pixels of a PNG and of a lossless WebP", async () => {
    for (const file of [await sharp(pixels, raw).png().toBuffer(), await sharp(pixels, raw).webp({ lossless: true }).toBuffer()]) {
      expect(await decodeImage(file)).toEqual({ width: 3, height: 2, data: pixels });
    }
  });

  it("applies the EXIF orientation of a JPEG", async () => {
    const jpeg = (orientation: number): Promise<Buffer> =>
      blocks.clone().withMetadata({ orientation }).jpeg({ quality: 100, chromaSubsampling: "4:4:4" }).toBuffer();
    const [red, green, blue, yellow, cyan, magenta] = COLORS as [number[], number[], number[], number[], number[], number[]];
    const upright = await decodeImage(await jpeg(1));
    expect([upright.width, upright.height]).toEqual([24, 16]);
    expectColors(blockColors(upright), COLORS, 3);
    // 6: the camera was held so that the stored picture must be turned clockwise by a quarter.
    const turned = await decodeImage(await jpeg(6));
    expect([turned.width, turned.height]).toEqual([16, 24]);
    expectColors(blockColors(turned), [yellow, red, cyan, green, magenta, blue], 3);
    const upsideDown = await decodeImage(await jpeg(3));
    expectColors(blockColors(upsideDown), COLORS.toReversed(), 3);
  });

  it("gives three equal channels for greyscale, of 8 and of 16 bits", async () => {
    const grey8 = await sharp(Uint8Array.of(0, 100, 255), { raw: { width: 3, height: 1, channels: 1 } })
      .toColourspace("b-w")
      .png()
      .toBuffer();
    const grey16 = await sharp(Uint16Array.of(0, 100 * 257, 65_535), { raw: { width: 3, height: 1, channels: 1 } })
      .toColourspace("grey16")
      .png()
      .toBuffer();
    expect((await sharp(grey8).metadata()).channels).toBe(1);
    expect(await sharp(grey16).metadata()).toMatchObject({ channels: 1, depth: "ushort" });
    const expected = [0, 0, 0, 100, 100, 100, 255, 255, 255];
    expect([...(await decodeImage(grey8)).data]).toEqual(expected);
    expect([...(await decodeImage(grey16)).data]).toEqual(expected);
  });

  it("brings 16-bit colour to 8 bits by its high byte", async () => {
    const levels = [0, 17, 128, 200, 254, 255];
    const file = await sharp(
      Uint16Array.from(levels, (level) => level * 257),
      { raw: { width: 2, height: 1, channels: 3 } },
    )
      .toColourspace("rgb16")
      .png()
      .toBuffer();
    expect(await sharp(file).metadata()).toMatchObject({ channels: 3, depth: "ushort" });
    expect([...(await decodeImage(file)).data]).toEqual(levels);
  });

  it("blends transparent pixels with white, or with what is asked for", async () => {
    const rgba = Uint8Array.of(200, 100, 0, 255, 200, 100, 0, 0);
    const file = await sharp(rgba, { raw: { width: 2, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    expect([...(await decodeImage(file)).data]).toEqual([200, 100, 0, 255, 255, 255]);
    expect([...(await decodeImage(file, { background: [0, 10, 20] })).data]).toEqual([200, 100, 0, 0, 10, 20]);
    const greyAlpha = await sharp(Uint8Array.of(50, 255, 50, 0), { raw: { width: 2, height: 1, channels: 2 } })
      .toColourspace("b-w")
      .png()
      .toBuffer();
    expect([...(await decodeImage(greyAlpha)).data]).toEqual([50, 50, 50, 255, 255, 255]);
  });

  it("reads a CMYK JPEG", async () => {
    const cmyk = await blocks.clone().toColourspace("cmyk").jpeg({ quality: 100 }).toBuffer();
    const { width, height, data } = await decodeImage(cmyk);
    expect([width, height, data.length]).toEqual([24, 16, 24 * 16 * 3]);
  });
});

describe("sources of decodeImage", () => {
  let folder: string;
  let server: Server;
  let origin: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "xdeep image "));
    await sharp(pixels, raw).png().toFile(join(folder, "colours.png"));
    const file = await sharp(pixels, raw).png().toBuffer();
    server = createServer((request, response) => {
      if (request.url === "/colours.png") response.end(file);
      else response.writeHead(404).end("<html>not here</html>");
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });

  it("are paths, URLs and bytes", async () => {
    const path = join(folder, "colours.png");
    const bytes = new Uint8Array(await sharp(pixels, raw).png().toBuffer());
    const url = pathToFileURL(path);
    const dataUrl = `data:image/png;base64,${Buffer.from(bytes).toString("base64")}`;
    for (const source of [path, url, url.href, `${origin}/colours.png`, new URL(`${origin}/colours.png`), bytes, bytes.buffer, dataUrl]) {
      expect((await decodeImage(source)).data).toEqual(pixels);
    }
    for (const source of [new Blob([bytes]), new File([bytes], "colours.png"), new Response(bytes), new Response(bytes).body!]) {
      expect((await decodeImage(source)).data).toEqual(pixels);
    }
  });

  it("that are missing are named", async () => {
    const path = join(folder, "no-such-picture.png");
    await expect(decodeImage(path)).rejects.toMatchObject({ code: "IMAGE_INVALID", message: expect.stringContaining(path) });
    await expect(decodeImage(folder)).rejects.toMatchObject({ code: "IMAGE_INVALID", message: expect.stringContaining("is a folder") });
    await expect(decodeImage("no-such-picture.png")).rejects.toMatchObject({ message: expect.stringContaining(process.cwd()) });
    const missing = decodeImage(`${origin}/nothing.png`);
    await expect(missing).rejects.toMatchObject({ code: "IMAGE_INVALID", message: expect.stringContaining("404") });
    server.closeAllConnections();
  });

  it("of the wrong JavaScript type are a TypeError", async () => {
    await expect(decodeImage(7 as never)).rejects.toThrow(TypeError);
    await expect(decodeImage(null as never)).rejects.toThrow(TypeError);
  });

  it("are not read after an abort", async () => {
    const reason = new Error("enough");
    await expect(decodeImage(join(folder, "colours.png"), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it.each(["png", "jpeg", "webp"] as const)("that are truncated %s files are refused, not filled with grey", async (format) => {
    const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, at) => (at * 7919) % 251);
    const file = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .toFormat(format)
      .toBuffer();
    for (const share of [0.2, 0.5, 0.9]) {
      const cut = file.subarray(0, Math.floor(file.length * share));
      await expect(decodeImage(cut)).rejects.toMatchObject({
        code: "IMAGE_INVALID",
        message: expect.stringContaining(`it ends before the picture does. The file has ${cut.length} bytes`),
      });
    }
    // What shards keep of it must not depend on what is read beside it.
    const cuts = Array.from({ length: 40 }, (_, n) => file.subarray(0, Math.floor(file.length * (0.3 + n / 100))));
    const messages = await Promise.all(cuts.map((cut) => decodeImage(cut).catch(({ message }: Error) => message)));
    expect(new Set(messages.map((message) => String(message).replaceAll(/\d+/g, "")))).toHaveProperty("size", 1);
  });

  it("that hold more pixels than is allowed are refused before they are unpacked", async () => {
    // 30000 × 30000 of one bit: 110 MB as they are, 2.7 GB as colours, some bytes as a file.
    const bomb = Buffer.from(await sharp(pixels, raw).png().toBuffer());
    bomb.writeUInt32BE(30_000, 16);
    bomb.writeUInt32BE(30_000, 20);
    bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
    await expect(decodeImage(bomb)).rejects.toMatchObject({
      code: "IMAGE_INVALID",
      message: expect.stringMatching(/30000 × 30000 pixels.*maxPixels.*100000000/),
      details: { width: 30_000, height: 30_000, maxPixels: 100_000_000 },
    });
    const file = await sharp(pixels, raw).png().toBuffer();
    await expect(decodeImage(file, { maxPixels: 5 })).rejects.toMatchObject({ code: "IMAGE_INVALID" });
    expect((await decodeImage(file, { maxPixels: 6 })).width).toBe(3);
    for (const maxPixels of [0, -1, Number.NaN]) await expect(decodeImage(file, { maxPixels })).rejects.toMatchObject({ code: "OPTION_INVALID" });
  });

  it("that are no pictures are refused with what they are, where it is known, and what they begin with", async () => {
    const kinds = {
      "<!DOCTYPE html><p>Not found</p>": "it is a page of the web",
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>': "it is SVG",
      "....ftypheic....": "it is HEIC, as iPhones write it",
      x: "it is damaged, or of another format",
    };
    for (const [text, kind] of Object.entries(kinds)) {
      await expect(decodeImage(new File([text], "cat.jpg"))).rejects.toMatchObject({
        code: "IMAGE_INVALID",
        message: expect.stringContaining(
          `"cat.jpg" cannot be decoded as a picture: ${kind}. The file has ${text.length} bytes and begins with "${text.slice(0, 12)}"`,
        ),
      });
    }
    await expect(decodeImage(new Uint8Array())).rejects.toMatchObject({ code: "IMAGE_INVALID", message: expect.stringContaining("0 bytes") });
  });
});
