import type { ForwardResult, Model, Target, TargetGradients, TargetOption, Tensor, Term, ValueInfo, VjpRequest } from "@xdeep/core";
import { delegateTo } from "@xdeep/core/backend";

/** Order of the axes of images: [N, C, H, W] or [N, H, W, C]. */
export type ImageLayout = "NCHW" | "NHWC";

const TO_LAST: readonly number[] = [0, 2, 3, 1];
const TO_FIRST: readonly number[] = [0, 3, 1, 2];

/**
 * A model seen with images in the other layout: every value of rank 4 is turned on the way in and out, and so are targets that are tuples.
 * Everything else passes as it is.
 */
export function relayout(model: Model, { from, to }: { readonly from: ImageLayout; readonly to: ImageLayout }): Model {
  if (from === to) return model;
  const outward = to === "NHWC" ? TO_LAST : TO_FIRST;
  const inward = to === "NHWC" ? TO_FIRST : TO_LAST;
  const turnInfo = (info: ValueInfo): ValueInfo =>
    info.dims.length === 4 ? { ...info, dims: outward.map((axis) => info.dims[axis]!), layout: info.layout === from ? to : info.layout } : info;
  const turnAll = <T extends Tensor>(tensors: Readonly<Record<string, T>>, axes: readonly number[]): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, turned(tensor, axes)]));
  const turnRequest = <R extends Partial<VjpRequest> & Pick<VjpRequest, "feeds">>(request: R): R => ({
    ...request,
    feeds: turnAll(request.feeds, inward),
    ...(request.target === undefined ? {} : { target: turnTargets(request.target, inward) }),
    ...(!Array.isArray(request.targets) ? {} : { targets: request.targets.map((target: TargetOption) => turnTargets(target, inward)) }),
    ...(request.cotangent === undefined ? {} : { cotangent: turned(request.cotangent, inward) }),
    ...(request.reference === undefined ? {} : { reference: turnAll(request.reference, inward) }),
  });
  const turnGradients = <R extends TargetGradients>(result: R): R => ({
    ...result,
    target: result.target.map((target) => turnTarget(target, outward)),
    gradients: turnAll(result.gradients, outward),
  });
  const turnScores = (result: ForwardResult): ForwardResult => ({
    ...result,
    outputs: turnAll(result.outputs, outward),
    target: result.target.map((target) => turnTarget(target, outward)),
  });
  return {
    ...delegateTo(model),
    ...(model.layers === undefined
      ? {}
      : {
          layers: async (request) =>
            (await model.layers!(request)).map((info) => ({
              ...turnInfo(info),
              channelAxis: info.dims.length === 4 ? outward.indexOf(info.channelAxis) : info.channelAxis,
            })),
        }),
    inputs: model.inputs.map(turnInfo),
    outputs: model.outputs.map(turnInfo),
    forward: async (request) => turnScores(await model.forward(turnRequest(request))),
    async vjp(request) {
      const { perTarget, ...result } = await model.vjp(turnRequest(request));
      const whole = { ...turnGradients(result), outputs: turnAll(result.outputs, outward) };
      return perTarget === undefined ? whole : { ...whole, perTarget: perTarget.map(turnGradients) };
    },
  };
}

function turnTargets(option: TargetOption, axes: readonly number[]): TargetOption {
  return Array.isArray(option) ? option.map((target) => turnTarget(target as Target | null, axes)!) : turnTarget(option as Target | null, axes);
}

/** Null is the row's argmax in every layout. What is no target is for the model to refuse. */
function turnTarget<T extends Target | null>(target: T, axes: readonly number[]): T {
  if (typeof target !== "object" || target === null) return target;
  if ("terms" in target && Array.isArray(target.terms))
    return { ...target, terms: target.terms.map((term: Term) => (typeof term?.index === "object" ? { ...term, index: turnTuple(term.index, axes) } : term)) };
  if ("max" in target) return { ...target, max: turnTuple(target.max, axes) };
  return "index" in target ? { ...target, index: turnTuple(target.index, axes) } : target;
}

/** The axes of a tuple are those of a row, without the batch axis. */
function turnTuple<T>(tuple: readonly T[], axes: readonly number[]): readonly T[] {
  return Array.isArray(tuple) && tuple.length === 3 ? axes.slice(1).map((axis) => tuple[axis - 1]! as T) : tuple;
}

/** A tensor of rank 4 with its axes in this order; any other as it is. */
function turned<T extends Tensor>(tensor: T, axes: readonly number[]): T {
  const { dims, data } = tensor;
  // What is no tensor, or none whose elements could be moved, is for the model to refuse.
  if (!Array.isArray(dims) || dims.length !== 4 || !ArrayBuffer.isView(data) || dims.reduce((size, dim) => size * dim, 1) !== data.length) return tensor;
  const target = axes.map((axis) => dims[axis]!);
  const strides = [dims[1] * dims[2] * dims[3], dims[2] * dims[3], dims[3], 1];
  const [s0, s1, s2, s3] = axes.map((axis) => strides[axis]!) as [number, number, number, number];
  const source = data as Float32Array;
  const values = new (source.constructor as Float32ArrayConstructor)(source.length);
  let i = 0;
  for (let a = 0; a < target[0]!; a++) {
    for (let b = 0; b < target[1]!; b++) {
      for (let c = 0; c < target[2]!; c++) {
        for (let d = 0; d < target[3]!; d++) values[i++] = source[a * s0 + b * s1 + c * s2 + d * s3]!;
      }
    }
  }
  return { type: tensor.type, dims: target, data: values } as unknown as T;
}
