import { type FloatTensor, type LayerInfo, type Model, type Tensor, XDeepError } from "@xdeep/core";
import { type Pause, inPieces, nearestNames } from "@xdeep/core/method";

/** What every method of this package can be told. */
export interface LayerOptions {
  /** Name of the value inside the network that is looked at. Default: the last that `model.layers()` names. */
  readonly layer?: string | undefined;
  /** Axis of the channels of a layer that is named and that `model.layers()` does not list. Default 1, or the last axis of a layer of rank 3. */
  readonly channelAxis?: number | undefined;
}

/** What maps can be told besides. */
export interface MapOptions extends LayerOptions {
  /** "layer" (the default): the map in the layer's own size. "input": enlarged to the input's, bilinearly, with half-pixel centres. */
  readonly size?: "layer" | "input" | undefined;
}

export const LAYER_OPTIONS: readonly string[] = ["layer", "channelAxis"] satisfies (keyof LayerOptions)[];
export const MAP_OPTIONS: readonly string[] = [...LAYER_OPTIONS, "size"];

/** A layer by name, and where its channels are; null where only its dims will tell. */
export interface ChosenLayer {
  readonly name: string;
  readonly channelAxis: number | null;
}

/**
 * The layer that was named, or the last that the model offers.
 *
 * @throws {XDeepError} CAPABILITY_MISSING where the backend has no inner values or offers no layers; WRT_UNKNOWN where the network has none to offer
 */
export async function chooseLayer(model: Model, { layer, channelAxis }: LayerOptions, output: string | undefined): Promise<ChosenLayer> {
  if (!model.capabilities.innerValues) {
    throw new XDeepError("CAPABILITY_MISSING", `Backend "${model.backend}" has no values inside the network for this model, so no layer can be looked at.`, {
      details: { capability: "innerValues" },
    });
  }
  const offered = (await model.layers?.({ output })) ?? null;
  if (layer !== undefined) return { name: layer, channelAxis: channelAxis ?? offered?.find(({ name }) => name === layer)?.channelAxis ?? null };
  const last = offered?.at(-1);
  if (last !== undefined) return { name: last.name, channelAxis: channelAxis ?? last.channelAxis };
  throw new XDeepError("WRT_UNKNOWN", noLayer(offered, model), { details: { layers: offered?.map(({ name }) => name) ?? null } });
}

function noLayer(offered: readonly LayerInfo[] | null, { backend }: Model): string {
  if (offered === null) return `Backend "${backend}" does not choose a layer by itself. Name one as \`layer\`.`;
  return "No value of this network has positions that every path passes and that are brought together behind it, as the last convolution's result has: there is nothing to choose. Name a layer as `layer`, or attribute to the input.";
}

/** The axis of the channels of a layer [N, …]: what is known, else 1, or the last of rank 3, as tokens have it. */
export function channelAxisOf({ name, channelAxis }: ChosenLayer, { dims }: Tensor): number {
  const axis = channelAxis ?? (dims.length === 3 ? 2 : 1);
  if (dims.length >= 2 && axis >= 1 && axis < dims.length) return axis;
  throw new XDeepError(
    "OPTION_INVALID",
    `Layer "${name}" has dims [${dims.join(", ")}], which has no channel axis ${axis}. Pass \`channelAxis\`, or another layer.`,
    {
      details: { layer: name, dims, channelAxis: axis },
    },
  );
}

/** The error for a layer that is none, with the nearest that there are: of layers, or of all values where the model offers no layer. */
export async function unknownLayer(model: Model, layer: string, cause: XDeepError): Promise<XDeepError> {
  const names = ((await model.layers?.()) ?? []).map(({ name }) => name);
  const { nearest: values = [] } = cause.details as { readonly nearest?: readonly string[] };
  const nearest = names.length === 0 ? values : nearestNames(layer, names, 5);
  const listed = nearest.map((name) => `"${name}"`).join(", ");
  const hint = listed === "" ? "" : ` ${names.length === 0 ? "Values nearest by name" : "Layers to choose from"}: ${listed}.`;
  return new XDeepError("WRT_UNKNOWN", `The model has no layer "${layer}".${hint}`, { details: { layer, layers: names }, cause });
}

/** Sums over the channels with weights: [N, C, …positions] → [N, 1, …], the channel axis kept with size 1. */
export async function overChannels(
  values: FloatTensor,
  axis: number,
  pause: Pause,
  at: (n: number, channel: number, position: number, value: number) => number,
): Promise<FloatTensor> {
  const { rows, channels, positions, offset } = layout(values.dims, axis);
  const dims = values.dims.map((dim, i) => (i === axis ? 1 : dim));
  const data = new Float32Array(rows * positions);
  const sums = (start: number, end: number): void => {
    for (let i = start; i < end; i++) {
      const [n, p] = [Math.floor(i / positions), i % positions];
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += at(n, c, p, values.data[offset(n, c, p)]!);
      data[i] = sum;
    }
  };
  await inPieces(data.length, pause, sums, channels);
  return { type: "float32", dims, data };
}

/** How the elements of [N, …] lie when all axes but the batch and the channels count as positions. */
export function layout(
  dims: readonly number[],
  axis: number,
): { rows: number; channels: number; positions: number; offset(n: number, channel: number, position: number): number } {
  const size = (axes: readonly number[]): number => axes.reduce((product, dim) => product * dim, 1);
  const [rows, channels] = [dims[0]!, dims[axis]!];
  const [before, after] = [size(dims.slice(1, axis)), size(dims.slice(axis + 1))];
  const positions = before * after;
  return {
    rows,
    channels,
    positions,
    offset: (n, channel, position) => ((n * before + Math.floor(position / after)) * channels + channel) * after + (position % after),
  };
}
