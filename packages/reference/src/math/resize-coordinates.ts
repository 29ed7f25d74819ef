/** One axis of a Resize. */
export interface ResizedAxis {
  readonly axis: number;
  readonly size: number;
  readonly newSize: number;
  readonly scale: number;
  /** Region of interest, as fractions of the axis; only tf_crop_and_resize reads it. */
  readonly start: number;
  readonly end: number;
}

type Coordinate = (i: number, axis: ResizedAxis) => number;

/**
 * Where element i of the resized axis lies on the original one, by coordinate_transformation_mode.
 *
 * align_corners takes the new size as a whole number, as the operator's text and ONNX Runtime do; two official tests
 * (resize_downsample_scales_*_align_corners) take size · scale before it is rounded down.
 */
export const COORDINATES: Readonly<Record<string, Coordinate>> = {
  align_corners: (i, { size, newSize }) => (newSize === 1 ? 0 : (i * (size - 1)) / (newSize - 1)),
  asymmetric: (i, { scale }) => i / scale,
  half_pixel: halfPixel,
  half_pixel_symmetric: halfPixelSymmetric,
  pytorch_half_pixel: (i, axis) => (axis.newSize > 1 ? halfPixel(i, axis) : 0),
  tf_crop_and_resize: cropped,
  tf_half_pixel_for_nn: (i, { scale }) => (i + 0.5) / scale,
};

function halfPixel(i: number, { scale }: ResizedAxis): number {
  return (i + 0.5) / scale - 0.5;
}

/** Keeps the image's centre where the new size was rounded down from size · scale. */
function halfPixelSymmetric(i: number, axis: ResizedAxis): number {
  const adjustment = axis.newSize / (axis.scale * axis.size);
  return (axis.size / 2) * (1 - adjustment) + halfPixel(i, axis);
}

function cropped(i: number, { size, newSize, start, end }: ResizedAxis): number {
  if (newSize === 1) return 0.5 * (start + end) * (size - 1);
  return start * (size - 1) + (i * (end - start) * (size - 1)) / (newSize - 1);
}
