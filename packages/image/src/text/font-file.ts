import { XDeepError } from "@xdeep/core";

/** A font for labels: the path, `file:` URL or bytes of a TrueType or OpenType file or collection (.ttf, .otf, .ttc), or of WOFF. */
export type FontSource = string | URL | Uint8Array | ArrayBuffer;

/**
 * The tables of a font as HarfBuzz reads them.
 *
 * @throws {XDeepError} OPTION_INVALID when the file cannot be read, or is no font of these kinds.
 */
export async function readFontFile(source: FontSource): Promise<Uint8Array> {
  const bytes = await readBytes(source);
  const tag = String.fromCharCode(...bytes.subarray(0, 4));
  if (["\0\u0001\0\0", "OTTO", "true", "ttcf"].includes(tag)) return bytes;
  if (tag === "wOFF")
    return unpackWoff(bytes).catch((cause: unknown) => {
      throw invalidFont(source, "is damaged", cause);
    });
  throw invalidFont(source, tag === "wOF2" ? "is WOFF2, which is made for the web" : "is no font");
}

/** The error for a file that letters cannot be drawn from. `what` says what is wrong with it. */
export function invalidFont(source: FontSource, what: string, cause?: unknown): XDeepError {
  return new XDeepError("OPTION_INVALID", `The font ${describe(source)} ${what}. Name a .ttf, .otf, .ttc or .woff file.`, { cause });
}

async function readBytes(source: FontSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  const { readFile } = await import("node:fs/promises");
  try {
    return await readFile(source);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new XDeepError("OPTION_INVALID", `The font ${describe(source)} cannot be read: ${reason}. Check the path.`, { cause });
  }
}

/** WOFF is the tables of a font, each deflated on its own (https://www.w3.org/TR/WOFF/). */
async function unpackWoff(woff: Uint8Array): Promise<Uint8Array> {
  const { inflateSync } = await import("node:zlib");
  const view = new DataView(woff.buffer, woff.byteOffset, woff.byteLength);
  const tables = view.getUint16(12);
  const font = new Uint8Array(view.getUint32(16));
  const header = new DataView(font.buffer);
  header.setUint32(0, view.getUint32(4));
  header.setUint16(4, tables);
  let at = 12 + 16 * tables;
  for (let table = 0; table < tables; table++) {
    const [tag, offset, packedLength, length, checksum] = [0, 4, 8, 12, 16].map((field) => view.getUint32(44 + 20 * table + field)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const packed = woff.subarray(offset, offset + packedLength);
    font.set(packedLength < length ? inflateSync(packed) : packed, at);
    [tag, checksum, at, length].forEach((value, field) => header.setUint32(12 + 16 * table + 4 * field, value));
    at += Math.ceil(length / 4) * 4;
  }
  return font;
}

function describe(source: FontSource): string {
  return typeof source === "string" || source instanceof URL ? `"${source}"` : `(${source.byteLength} bytes)`;
}
