import type { Dim, Facts } from "../../graphs/facts.ts";
import { addDims, floorDivideDim, subtractDims } from "../dim-arithmetic.ts";
import { typeAttribute } from "./make.ts";
import { type InferenceRules, type NodeView, tensor } from "../rule.ts";

/** Fourier transforms; complex numbers are a last axis of size 2. */
export const signalRules: InferenceRules = {
  DFT: (node) => [fourier(node)],
  STFT: (node) => [shortTimeFourier(node)],
  MelWeightMatrix: (node) => {
    const [bins, length] = [node.elements(0)?.values[0] ?? null, node.elements(1)?.values[0] ?? null];
    return [tensor(typeAttribute(node, "output_datatype", "float32"), [halfSpectrum(length), bins])];
  },
};

function fourier(node: NodeView): Facts {
  const dims = node.dims(0);
  // The axis became an input, counted from the back by default, in opset 20.
  const wanted = node.context.opset < 20 ? node.attributes.int("axis", 1) : node.has(2) ? node.number(2) : -2;
  if (dims === null) return tensor(node.type(0), null);
  if (wanted === null) return tensor(node.type(0), [...dims.slice(0, -1).map(() => null), null]);
  const axis = node.axis(wanted, dims.length);
  const length = node.has(1) ? (node.elements(1)?.values[0] ?? null) : (dims[axis] ?? null);
  const oneSided = node.attributes.int("onesided", 0) === 1;
  if (oneSided && node.attributes.int("inverse", 0) === 1) return tensor(node.type(0), dims.with(axis, null).with(-1, null));
  return tensor(node.type(0), dims.with(axis, oneSided ? halfSpectrum(length) : length).with(-1, 2));
}

function shortTimeFourier(node: NodeView): Facts {
  const step = node.number(1);
  const frame = node.has(3) ? (node.elements(3)?.values[0] ?? null) : (node.dims(2)?.[0] ?? null);
  const room = subtractDims(node.dims(0)?.[1] ?? null, frame);
  const frames = step === null ? null : addDims(floorDivideDim(room, step), 1);
  const bins = node.attributes.int("onesided", 1) === 1 ? halfSpectrum(frame) : frame;
  return tensor(node.type(0), [node.dims(0)?.[0] ?? null, frames, bins, 2]);
}

/** ⌊n / 2⌋ + 1, the bins of a real signal. */
function halfSpectrum(length: Dim): Dim {
  return addDims(floorDivideDim(length, 2), 1);
}
