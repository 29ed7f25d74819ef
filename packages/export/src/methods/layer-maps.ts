import { camLayers, entryValues } from "@xdeep/autodiff";
import { type MethodDescription, XDeepError } from "@xdeep/core";
import { pictureInput, resizePlane } from "@xdeep/core/method";
import { type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";

import { scoreGradient } from "./gradient.ts";
import { type Rows, type WriterContext, type WrittenAttribution, refusal } from "./writer.ts";

/** A layer's values h and the gradient there, [M, …], with the axis of its channels. */
interface AtLayer {
  readonly h: Value;
  readonly gradient: Value;
  readonly axis: number;
}

/** What a method makes of a layer: a map [M, 1, …] but for gradient × activation. */
type LayerFormula = (g: GraphBuilder, at: AtLayer) => Value;

const gradCam: LayerFormula = (g, at) => overChannels(g, g.mul(meanOverPositions(g, at.gradient, at), at.h), at);

const gradCamPlusPlus: LayerFormula = (g, at) => {
  const { h, gradient } = at;
  const below = g.shift(g.mul(gradient, g.reduceSum(h, positionsOf(at), true)), 2);
  const counts = g.and(g.greater(gradient, g.scalar(0, gradient)), g.not(g.equal(below, g.scalar(0, below))));
  const shares = g.keepWhere(counts, g.div(gradient, g.where(counts, below, g.scalar(1, below))));
  return overChannels(g, g.mul(g.reduceSum(shares, positionsOf(at), true), h), at);
};

const hiResCam: LayerFormula = (g, at) => overChannels(g, g.mul(at.h, at.gradient), at);

const layerCam: LayerFormula = (g, at) => overChannels(g, g.mul(at.h, g.relu(at.gradient)), at);

const FORMULAS: Readonly<Record<string, LayerFormula>> = {
  "grad-cam": (g, at) => g.relu(gradCam(g, at)),
  "grad-cam-signed": gradCam,
  "grad-cam-plus-plus": (g, at) => g.relu(gradCamPlusPlus(g, at)),
  "hi-res-cam": hiResCam,
  "layer-cam": (g, at) => g.relu(layerCam(g, at)),
  "layer-gradient-x-activation": (g, { h, gradient }) => g.mul(h, gradient),
};

/** Grad-CAM and its family: maps of a layer, in its own size or the input's. */
export function writeLayerMap(context: WriterContext, { name, parameters }: MethodDescription, rows: Rows): WrittenAttribution {
  const { g } = context;
  const layer = chosenLayer(context, parameters);
  const at = atLayer(context, rows, layer);
  const map = FORMULAS[name]!(g, at);
  return { layer: layer.name, values: new Map([[layer.name, parameters["size"] === "input" ? enlarged(context, map, at.axis) : map]]) };
}

/** Guided Grad-CAM: the guided gradient at the input ⊙ Grad-CAM at the input's size. */
export function writeGuidedGradCam(context: WriterContext, { parameters }: MethodDescription, rows: Rows): WrittenAttribution {
  const { g, wrt } = context;
  const { layer, values } = writeLayerMap(context, { name: "grad-cam", parameters: { ...parameters, size: "input" } }, rows);
  const map = [...values.values()][0]!;
  const products = [...scoreGradient(context, rows, wrt, "guided")].map(([name, gradient]) => {
    checkCovers(gradient, map);
    return [name, g.mul(gradient, map)] as const;
  });
  return { layer, values: new Map(products) };
}

/** In every axis but one, that of the channels, where the map has one entry. */
function checkCovers(gradient: Value, map: Value): void {
  const [own, other] = [gradient.facts.dims ?? [], map.facts.dims ?? []];
  if (own.length === other.length && own.every((dim, axis) => axis === 0 || other[axis] === 1 || other[axis] === dim)) return;
  throw new XDeepError("OPTION_INVALID", `A gradient [${own.join(", ")}] and a map [${other.join(", ")}] do not lie on each other: attribute to the picture.`, {
    details: { gradient: own, map: other },
  });
}

interface Layer {
  readonly name: string;
  readonly axis: number;
}

function chosenLayer({ network: { graph }, output }: WriterContext, parameters: MethodDescription["parameters"]): Layer {
  const named = parameters["layer"] as string | undefined;
  const offered = camLayers(graph, output, entryValues(graph)[0] ?? "");
  const layer = named === undefined ? offered.at(-1) : (offered.find(({ name }) => name === named) ?? { name: named, channelAxis: undefined });
  if (layer === undefined) throw new XDeepError("WRT_UNKNOWN", "No value of this network suits a map: name a layer as `layer`.", { details: { layers: [] } });
  const rank = graph.facts.get(layer.name)?.dims?.length;
  if (rank === undefined)
    throw new XDeepError("WRT_UNKNOWN", `The model has no layer "${layer.name}" whose axes are known.`, { details: { layer: layer.name } });
  return { name: layer.name, axis: (parameters["channelAxis"] as number | undefined) ?? layer.channelAxis ?? (rank === 3 ? 2 : 1) };
}

function atLayer(context: WriterContext, rows: Rows, { name, axis }: Layer): AtLayer {
  const h = rows.feeds.get(name) ?? context.network.at(rows.feeds).value(name);
  return { h, gradient: scoreGradient(context, rows, [name]).get(name)!, axis };
}

function positionsOf({ h, axis }: AtLayer): readonly number[] {
  return Array.from({ length: rankOf(h) }, (_, i) => i).filter((i) => i !== 0 && i !== axis);
}

function meanOverPositions(g: GraphBuilder, values: Value, at: AtLayer): Value {
  return g.op("ReduceMean", [values, g.ints(positionsOf(at))], { keepdims: 1 });
}

function overChannels(g: GraphBuilder, values: Value, { axis }: AtLayer): Value {
  return g.reduceSum(values, [axis], true);
}

/** A map [M, 1, h, w] or [M, h, w, 1] at the size of the pictures, in their layout: two products with the matrices of the bilinear resampling. */
function enlarged({ g, model, network }: WriterContext, map: Value, axis: number): Value {
  const picture = pictureInput(model.inputs);
  const dims = network.graph.facts.get(picture?.name ?? "")?.dims ?? [];
  const isFirst = picture?.layout === null ? axis === 1 : picture?.layout === "NCHW";
  const [height, width] = isFirst ? dims.slice(2) : dims.slice(1, 3);
  const [h, w] = axis === 1 ? (map.facts.dims ?? []).slice(2) : (map.facts.dims ?? []).slice(1, 3);
  if (dims.length !== 4) throw refusal("A map", 'size: "input"', "the model takes no pictures.", "Leave `size` out, or this method.");
  if (map.facts.dims?.length !== 4 || ![height, width, h, w].every((dim) => typeof dim === "number")) {
    throw refusal("A map", 'size: "input"', "the sizes of the map or of the picture are open.", "Load the model with `inputDims`, or leave `size` out.");
  }
  const plane = g.reshape(map, g.ints([-1, 1, h as number, w as number]));
  const rows = g.matmul(resampling(g, h as number, height as number), plane);
  const large = g.matmul(rows, g.transpose(resampling(g, w as number, width as number), [1, 0]));
  return isFirst ? large : g.reshape(large, g.ints([-1, height as number, width as number, 1]));
}

/** [to, from]: the weights of the bilinear resampling of one axis, as those of pictures of one column. */
function resampling(g: GraphBuilder, from: number, to: number): Value {
  const columns = Array.from({ length: from }, (_, i) =>
    resizePlane(
      Float32Array.from({ length: from }, (_, j) => (i === j ? 1 : 0)),
      [from, 1],
      [to, 1],
    ),
  );
  return g.table("float32", [to, from], (place) => columns[place % from]![Math.floor(place / from)]!, "resampling");
}
