import { type FileHandle, open } from "node:fs/promises";

import { XDeepError, sizeOf } from "@xdeep/core";
import { parse } from "npyjs";

import { unreadable } from "../shards/durable-file.ts";

/** What the head of an .npy file says. */
export interface NpyHead {
  readonly dims: readonly number[];
  /** Bytes before the first element. */
  readonly offset: number;
  /** Bytes of an element. */
  readonly bytes: number;
  /** The head as it stands, for the reader of the elements. */
  readonly text: string;
}

/** Types of elements that are read, by letter and bytes. */
const NUMBERS = /^(?:f[248]|[iu][1248]|b1)$/;

/** Longer heads are none that numpy writes. */
const MOST_HEAD = 65_536;

/**
 * Reads what an .npy file says of itself, not its elements.
 *
 * @throws {XDeepError} INPUT_TYPE for another kind of file, or one in the order of Fortran; INPUT_SHAPE where it is cut off
 */
export async function readNpyHead(path: string): Promise<NpyHead> {
  const file = await openInput(path);
  try {
    const start = await read(file, 0, 12);
    if (start.toString("latin1", 1, 6) !== "NUMPY" || start[0] !== 0x93) throw notNpy(path, "it does not begin as one");
    const [lengthBytes, length] = start[6] === 1 ? [2, start.readUInt16LE(8)] : [4, start.readUInt32LE(8)];
    if (length > MOST_HEAD) throw notNpy(path, `its head is ${length} bytes long`);
    const text = (await read(file, 8 + lengthBytes, length)).toString("latin1");
    const [, kind, width] = /'descr':\s*'[<>|=]([a-zA-Z])(\d+)'/.exec(text) ?? [];
    const [, shape] = /'shape':\s*\(([^)]*)\)/.exec(text) ?? [];
    if (kind === undefined || shape === undefined || !NUMBERS.test(`${kind}${width}`)) throw notNpy(path, "its elements are no numbers of 8 to 64 bits");
    if (/'fortran_order':\s*True/.test(text)) throw notNpy(path, "its elements are in the order of Fortran", "numpy.ascontiguousarray(array)");
    const dims = shape.split(",").flatMap((dim) => (dim.trim() === "" ? [] : [Number(dim)]));
    const head = { dims, offset: 8 + lengthBytes + length, bytes: Number(width), text };
    const { size } = await file.stat();
    const expected = head.offset + sizeOf(dims) * head.bytes;
    if (dims.length === 0) {
      throw new XDeepError("INPUT_SHAPE", `"${path}" holds one number and no axis of rows. Save an array whose first axis are the rows.`, {
        details: { path, dims },
      });
    }
    if (size === expected) return head;
    throw new XDeepError(
      "INPUT_SHAPE",
      `"${path}" says it holds dims [${dims.join(", ")}], ${expected} bytes, but has ${size}. It is damaged: save it again.`,
      {
        details: { path, dims, size },
      },
    );
  } finally {
    await file.close();
  }
}

/** Rows `start` to `end` (excluded) of an .npy file, as numbers; the rest of the file is not read. */
export async function readNpyRows(path: string, { dims, offset, bytes, text }: NpyHead, start: number, end: number): Promise<Float64Array> {
  const size = sizeOf(dims.slice(1)) * bytes;
  const file = await openInput(path);
  try {
    const elements = await read(file, offset + start * size, (end - start) * size);
    if (BIG_ENDIAN.test(text)) swapBytes(elements, bytes);
    const head = padded(text.replace(BIG_ENDIAN, "$1<").replace(/'shape':\s*\([^)]*\)/, `'shape': (${[end - start, ...dims.slice(1)].join(", ")},)`), 12);
    return Float64Array.from(parse(npyFile(head, elements)).data as unknown as ArrayLike<number>, Number);
  } finally {
    await file.close();
  }
}

const BIG_ENDIAN = /('descr':\s*')>/;

/** Turns the bytes of each element around, in place. */
function swapBytes(elements: Buffer, bytes: number): void {
  if (bytes === 2) elements.swap16();
  else if (bytes === 4) elements.swap32();
  else if (bytes === 8) elements.swap64();
}

function npyFile(head: string, elements: Buffer): ArrayBuffer {
  const bytes = new Uint8Array(12 + head.length + elements.length);
  bytes.set([0x93, ...Buffer.from("NUMPY", "latin1"), 2, 0]);
  new DataView(bytes.buffer).setUint32(8, head.length, true);
  bytes.set(Buffer.from(head, "latin1"), 12);
  bytes.set(elements, 12 + head.length);
  return bytes.buffer;
}

async function openInput(path: string): Promise<FileHandle> {
  return open(path, "r").catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}

function notNpy(path: string, why: string, what = "it"): XDeepError {
  return new XDeepError("INPUT_TYPE", `"${path}" cannot be read as an .npy file of numbers: ${why}. Save ${what} with numpy.save.`, { details: { path } });
}

/** The head of an .npy file of float32 whose elements follow. */
export function npyHead(dims: readonly number[]): Uint8Array {
  const text = padded(`{'descr': '<f4', 'fortran_order': False, 'shape': (${dims.join(", ")},), }`, 10);
  const bytes = new Uint8Array(10 + text.length);
  bytes.set([0x93, ...Buffer.from("NUMPY", "latin1"), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, text.length, true);
  bytes.set(Buffer.from(text, "latin1"), 10);
  return bytes;
}

/** The text of a head, so long that elements begin at a multiple of 64 bytes, as the format wants it. */
function padded(text: string, before: number): string {
  const bare = text.trimEnd();
  return `${bare.padEnd(Math.ceil((before + bare.length + 1) / 64) * 64 - before - 1, " ")}\n`;
}
