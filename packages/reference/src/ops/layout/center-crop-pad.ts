import { normalizeAxis } from "../../arrays/axes.ts";
import { taken } from "../../arrays/axis-take.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import type { Value64 } from "../../arrays/value64.ts";

/** Cuts off or adds zeros at both ends of each axis until it has the size asked for. */
function centerCropPad(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const axes = (call.attributes.ints("axes") ?? x.dims.map((_, axis) => axis)).map((axis) => normalizeAxis(axis, x.dims.length));
  const sizes = call.input(1).data;
  return [
    axes.reduce((value, axis, i) => {
      const size = value.dims[axis]!;
      const first = Math.trunc((size - sizes[i]!) / 2);
      return taken(
        value,
        axis,
        Array.from({ length: sizes[i]! }, (_, at) => (at + first < size ? Math.max(at + first, -1) : -1)),
      );
    }, x),
  ];
}

/** Centred cropping and padding. */
export const centerCropPadOperators: OperatorTable = { CenterCropPad: centerCropPad };
