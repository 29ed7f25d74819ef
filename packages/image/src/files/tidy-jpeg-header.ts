import { joinArrays } from "@xdeep/core/backend";

/**
 * A JPEG file with the slips in its header set right that all decoders pass over with a warning: bytes between segments, an unknown version of
 * JFIF, an unknown Adobe colour transform, and scan parameters that mean nothing in a baseline file. Cameras and scanners write such files.
 *
 * With them gone, a warning of the decoder means that pixels are broken. Files that are no JPEG, or cut short in their header, come back as they are.
 */
export function tidyJpegHeader(file: Uint8Array): Uint8Array {
  if (file[0] !== 0xff || file[1] !== START_OF_IMAGE) return file;
  const parts = [file.subarray(0, 2)];
  let isBaseline = false;
  let at = 2;
  for (;;) {
    const start = file.indexOf(0xff, at);
    let code = start;
    while (file[code] === 0xff) code++;
    const end = code + 1 + file[code + 1]! * 256 + file[code + 2]!;
    if (start < 0 || !(end >= code + 3 && end <= file.length)) return file;
    const marker = file[code]!;
    isBaseline ||= marker === BASELINE_FRAME || marker === EXTENDED_FRAME;
    parts.push(file.subarray(start, code + 1), tidySegment(marker, file.subarray(code + 1, end), isBaseline));
    at = end;
    if (marker === START_OF_SCAN) return joinArrays(Uint8Array, [...parts, file.subarray(at)]);
  }
}

const START_OF_IMAGE = 0xd8;
const BASELINE_FRAME = 0xc0;
const EXTENDED_FRAME = 0xc1;
const START_OF_SCAN = 0xda;
const JFIF = 0xe0;
const ADOBE = 0xee;

/** `segment` begins with its length, two bytes. */
function tidySegment(marker: number, segment: Uint8Array, isBaseline: boolean): Uint8Array {
  if (marker === JFIF && isCalled(segment, "JFIF\0") && segment[7] !== 1 && segment[7] !== 2) return changed(segment, 7, [1, 1]);
  // 1 is what libjpeg assumes for an unknown transform of three channels.
  if (marker === ADOBE && isCalled(segment, "Adobe") && segment[13]! > 2) return changed(segment, 13, [1]);
  if (marker === START_OF_SCAN && isBaseline && segment.length >= 6) return changed(segment, segment.length - 3, [0, 63, 0]);
  return segment;
}

function isCalled(segment: Uint8Array, name: string): boolean {
  return [...name].every((character, at) => segment[2 + at] === character.charCodeAt(0));
}

function changed(segment: Uint8Array, at: number, bytes: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(segment);
  copy.set(bytes, at);
  return copy;
}
