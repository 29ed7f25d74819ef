import { axisView, normalizeAxis } from "../../arrays/axes.ts";
import { cubicKernel, linearKernel } from "../../math/interpolation-kernel.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type AxisFilter, axisFilter, resampled } from "../../math/resample-axis.ts";
import { COORDINATES, type ResizedAxis } from "../../math/resize-coordinates.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

/** Interpolation axis by axis; each is a filter of its own, since all modes are separable. */
function resize(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const axes = resizedAxes(call, x.dims);
  const y = axes.filter((axis) => !isWhole(axis)).reduce((value, axis) => resampled(value, axis.axis, filterOf(call, axis)), x);
  if (coordinateMode(call) !== "tf_crop_and_resize") return [y];
  return [extrapolated(y, axes, call.float("extrapolation_value", 0))];
}

/** An axis that keeps its size and region is not touched. */
function isWhole({ size, newSize, scale, start, end }: ResizedAxis): boolean {
  return size === newSize && scale === 1 && start === 0 && end === 1;
}

function coordinateMode(call: OperatorCall): string {
  return call.attributes.string("coordinate_transformation_mode", "half_pixel");
}

function resizedAxes(call: OperatorCall, dims: readonly number[]): readonly ResizedAxis[] {
  const axes = (call.attributes.ints("axes") ?? dims.map((_, axis) => axis)).map((axis) => normalizeAxis(axis, dims.length));
  const crops = coordinateMode(call) === "tf_crop_and_resize";
  const roi = crops ? (call.integers(1) ?? []) : [];
  const scales = call.integers(2) ?? [];
  const sizes = call.integers(3) ?? [];
  const common = commonScale(
    call,
    sizes.map((size, i) => size / dims[axes[i]!]!),
  );
  return axes.map((axis, i) => {
    const size = dims[axis]!;
    const [start, end] = [roi[i] ?? 0, roi[i + axes.length] ?? 1];
    if (common !== undefined) return { axis, size, newSize: Math.floor(size * common + 0.5), scale: common, start, end };
    // As engines do, in float32: 5 · 2.6 is 13 there, and a little less in float64.
    const newSize = sizes[i] ?? Math.floor(Math.fround(Math.fround(size * (end - start)) * Math.fround(scales[i]!)));
    return { axis, size, newSize, scale: scales[i] ?? newSize / size, start, end };
  });
}

/** The one scale of all axes that keep_aspect_ratio_policy makes of the ratios asked for; undefined where each has its own. */
function commonScale(call: OperatorCall, ratios: readonly number[]): number | undefined {
  const policy = call.attributes.string("keep_aspect_ratio_policy", "stretch");
  if (policy === "stretch" || ratios.length === 0) return undefined;
  return policy === "not_larger" ? Math.min(...ratios) : Math.max(...ratios);
}

function filterOf(call: OperatorCall, axis: ResizedAxis): AxisFilter {
  const mode = call.attributes.string("mode", "nearest");
  const coordinate = COORDINATES[coordinateMode(call)];
  if (coordinate === undefined) throw call.unsupported(`the coordinates "${coordinateMode(call)}"`);
  if (mode === "nearest") return nearestFilter(call, axis, coordinate);
  const stretch = call.flag("antialias") ? Math.max(1, 1 / axis.scale) : 1;
  const kernel = mode === "cubic" ? cubicKernel(call.float("cubic_coeff_a", -0.75)) : linearKernel;
  const radius = (mode === "cubic" ? 2 : 1) * stretch;
  const drops = call.flag("exclude_outside");
  return axisFilter(axis.newSize, (i) => {
    const center = coordinate(i, axis);
    const first = Math.floor(center - radius) + 1;
    const taps = Array.from({ length: Math.ceil(2 * radius) + 1 }, (_, k) => [first + k, kernel((first + k - center) / stretch)] as const);
    const inside = drops ? taps.filter(([index]) => index >= 0 && index < axis.size) : taps;
    const total = inside.reduce((sum, [, weight]) => sum + weight, 0);
    return inside.map(([index, weight]) => [Math.min(Math.max(index, 0), axis.size - 1), weight / total] as const);
  });
}

/** Rounds in float32, as engines do, so that coordinates halfway between two elements fall to the same side. */
function nearestFilter(call: OperatorCall, axis: ResizedAxis, coordinate: (i: number, axis: ResizedAxis) => number): AxisFilter {
  const mode = call.attributes.string("nearest_mode", "round_prefer_floor");
  const round = NEAREST[mode];
  if (round === undefined) throw call.unsupported(`the nearest_mode "${mode}"`);
  return axisFilter(axis.newSize, (i) => {
    const position = round(Math.fround(coordinate(i, { ...axis, scale: Math.fround(axis.scale) })));
    return [[Math.min(Math.max(position, 0), axis.size - 1), 1]];
  });
}

const NEAREST: Readonly<Record<string, (x: number) => number>> = {
  ceil: Math.ceil,
  floor: Math.floor,
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
};

/** Elements whose coordinate lies outside of the original along any axis get the extrapolation value. */
function extrapolated(y: Value64, axes: readonly ResizedAxis[], fill: number): Value64 {
  const data = y.data.slice();
  for (const axis of axes) {
    const { size, inner } = axisView(y.dims, axis.axis);
    for (let i = 0; i < data.length; i++) {
      const coordinate = COORDINATES["tf_crop_and_resize"]!(Math.floor(i / inner) % size, axis);
      if (coordinate < 0 || coordinate > axis.size - 1) data[i] = fill;
    }
  }
  return value64(y.type, y.dims, data);
}

/** Resizing. */
export const resizeOperators: OperatorTable = { Resize: resize };
