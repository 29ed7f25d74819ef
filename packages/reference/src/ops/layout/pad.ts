import { normalizeAxis } from "../../arrays/axes.ts";
import { taken } from "../../arrays/axis-take.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import type { Value64 } from "../../arrays/value64.ts";

/** Which element of an axis stands at `position` when the axis goes on beyond its ends; −1 for the constant. */
const MODES: Readonly<Record<string, (position: number, size: number) => number>> = {
  constant: (position, size) => (position >= 0 && position < size ? position : -1),
  edge: (position, size) => Math.min(Math.max(position, 0), size - 1),
  reflect: reflected,
  wrap: (position, size) => ((position % size) + size) % size,
};

/** Back and forth without repeating the ends: …2 1 | 0 1 2 | 1 0…. */
function reflected(position: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const phase = ((position % period) + period) % period;
  return phase < size ? phase : period - phase;
}

/** Adds elements before and after each axis; negative pads cut off. */
function pad(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const pads = [...call.input(1).data];
  const axes = (call.integers(3) ?? x.dims.map((_, axis) => axis)).map((axis) => normalizeAxis(axis, x.dims.length));
  const mode = call.attributes.string("mode", "constant");
  const source = MODES[mode];
  if (source === undefined) throw call.unsupported(`the mode "${mode}"`);
  const fill = call.optional(2)?.data[0] ?? 0;
  return [
    axes.reduce((value, axis, i) => {
      const size = value.dims[axis]!;
      const [begin, end] = [pads[i]!, pads[i + axes.length]!];
      return taken(
        value,
        axis,
        Array.from({ length: size + begin + end }, (_, at) => source(at - begin, size)),
        fill,
      );
    }, x),
  ];
}

/** Padding. */
export const padOperators: OperatorTable = { Pad: pad };
