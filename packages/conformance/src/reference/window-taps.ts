import type { Window } from "../networks/layer.ts";

/** Positions of a window along one axis, and the cells of padding before and after the image. */
export interface AxisGeometry {
  readonly positions: number;
  readonly before: number;
  readonly after: number;
}

/** Where a window stands along `axis` (0: height, 1: width) of an image of this size. */
export function axisGeometry(window: Window, axis: 0 | 1, size: number): AxisGeometry {
  const extent = (window.size[axis] - 1) * window.dilation[axis] + 1;
  const stride = window.stride[axis];
  if (window.padding === "valid") return { positions: Math.floor((size - extent) / stride) + 1, before: 0, after: 0 };
  const positions = Math.ceil(size / stride);
  const padding = Math.max(0, (positions - 1) * stride + extent - size);
  return { positions, before: Math.floor(padding / 2), after: Math.ceil(padding / 2) };
}

/** [H, W] of the result. */
export function windowPositions(window: Window, height: number, width: number): readonly [number, number] {
  return [axisGeometry(window, 0, height).positions, axisGeometry(window, 1, width).positions];
}

/** Calls `visit` with row-major indices into the result's, the image's and the window's plane, for every cell that lies inside the image. */
export function forEachTap(window: Window, height: number, width: number, visit: (position: number, cell: number, tap: number) => void): void {
  const rows = axisGeometry(window, 0, height);
  const columns = axisGeometry(window, 1, width);
  for (let oy = 0; oy < rows.positions; oy++) {
    for (let ox = 0; ox < columns.positions; ox++) {
      for (let ky = 0; ky < window.size[0]; ky++) {
        for (let kx = 0; kx < window.size[1]; kx++) {
          const y = oy * window.stride[0] - rows.before + ky * window.dilation[0];
          const x = ox * window.stride[1] - columns.before + kx * window.dilation[1];
          if (y < 0 || y >= height || x < 0 || x >= width) continue;
          visit(oy * columns.positions + ox, y * width + x, ky * window.size[1] + kx);
        }
      }
    }
  }
}
