import {
  type Attribution,
  BaseProp,
  type Explainer,
  type FloatTensor,
  type Input,
  type MethodDescription,
  type Model,
  type TargetOption,
  type TargetsOptions,
  XDeepError,
  explainTargets,
  isTensor,
} from "@xdeep/core";
import { type Pause, createAttribution, explainerOfTargets, inPieces, pauses, runEach, weightRows } from "@xdeep/core/method";

import { gradCam } from "./grad-cam.ts";
import type { LayerOptions } from "../layer-options.ts";

/**
 * Guided Grad-CAM: the guided gradient at the input ⊙ Grad-CAM at the input's size. For pictures.
 *
 * @throws {XDeepError} OPTION_INVALID, CONTRACT_VERSION, CAPABILITY_MISSING where the backend has no guided rule; from `explain` the codes of both
 * @see R. R. Selvaraju et al. (2017), Grad-CAM, arXiv:1610.02391
 */
export function guidedGradCam(model: Model, options: LayerOptions = {}): Explainer {
  const [cam, guided] = [gradCam(model, { ...options, size: "input" }), new BaseProp(model, { rule: "guided" })];
  const method: MethodDescription = { name: "guided-grad-cam", parameters: { ...options } };
  return explainerOfTargets(model, method, (input, targets, call) => explainBoth(cam, guided, method, input, targets, call));
}

async function explainBoth<T extends Input>(
  cam: Explainer,
  guided: Explainer,
  method: MethodDescription,
  input: Input,
  targets: readonly (TargetOption | undefined)[],
  { weights, ...call }: TargetsOptions,
): Promise<readonly Attribution<T>[]> {
  const maps = await explainTargets(cam, input, targets as readonly TargetOption[], call);
  const fixed = maps.map(({ target }) => target);
  const gradients = await explainTargets(guided, input, fixed, call);
  return runEach(maps, call.signal, (map, k) => timesCam<T>(gradients[k]!, map, method, weights, pauses(call.signal)));
}

async function timesCam<T extends Input>(
  gradient: Attribution<Input>,
  map: Attribution<Input>,
  method: MethodDescription,
  weights: Float32Array | undefined,
  pause: Pause,
): Promise<Attribution<T>> {
  const times = async (values: FloatTensor): Promise<FloatTensor> => weightRows(await timesMap(values, only(map.values), pause), weights);
  const values: Record<string, FloatTensor> = {};
  if (!isTensor(gradient.values)) for (const [name, each] of Object.entries(gradient.values)) values[name] = await times(each);
  const parameters = { ...method.parameters, layer: map.layer };
  return createAttribution<T>({
    ...gradient,
    values: isTensor(gradient.values) ? await times(gradient.values) : values,
    layer: map.layer!,
    provenance: { ...gradient.provenance, method: { ...method, parameters }, versions: { ...gradient.provenance.versions, ...map.provenance.versions } },
  });
}

function only(values: FloatTensor | Readonly<Record<string, FloatTensor>>): FloatTensor {
  return isTensor(values) ? values : (Object.values(values)[0] as FloatTensor);
}

/** A picture times a map of its size, in every channel. */
async function timesMap(gradient: FloatTensor, map: FloatTensor, pause: Pause): Promise<FloatTensor> {
  const channelAxis = map.dims.findIndex(
    (dim, axis) => axis > 0 && dim === 1 && gradient.dims[axis] !== undefined && map.dims.every((size, i) => i === axis || size === gradient.dims[i]),
  );
  if (channelAxis < 0) {
    throw new XDeepError(
      "OPTION_INVALID",
      `A gradient [${gradient.dims.join(", ")}] and a map [${map.dims.join(", ")}] do not lie on each other: attribute to the picture.`,
      { details: { gradient: gradient.dims, map: map.dims } },
    );
  }
  const inner = gradient.dims.slice(channelAxis + 1).reduce((size, dim) => size * dim, 1);
  const channels = gradient.dims[channelAxis]!;
  const data = new Float32Array(gradient.data.length);
  await inPieces(data.length, pause, (start, end) => {
    for (let i = start; i < end; i++) data[i] = gradient.data[i]! * map.data[Math.floor(i / (inner * channels)) * inner + (i % inner)]!;
  });
  return { ...gradient, data };
}
