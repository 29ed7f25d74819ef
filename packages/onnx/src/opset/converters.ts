import { axesToInput13Converter, axesToInput18Converter } from "./converters/axes-to-input.ts";
import { batchNormalizationConverter } from "./converters/batch-normalization.ts";
import { broadcastConverter } from "./converters/broadcast.ts";
import { castConverter } from "./converters/cast.ts";
import { clipConverter } from "./converters/clip.ts";
import type { OpsetConverter } from "./converter.ts";
import { dropoutConverter } from "./converters/dropout.ts";
import { affineConverter, imageScalerConverter, meanVarianceConverter, removedConverter, scaleConverter, scaledFunctionConverter } from "./experimental.ts";
import {
  concatConverter,
  gemmConverter,
  lpPoolConverter,
  recurrentConverter,
  roiAlignConverter,
  scanConverter,
  seluConverter,
  tileConverter,
} from "./old-attributes.ts";
import { pReluConverter } from "./converters/p-relu.ts";
import { padConverter } from "./converters/pad.ts";
import { dftConverter, gridSampleConverter, groupNormalizationConverter } from "./past-18.ts";
import { reshapeConverter } from "./converters/reshape.ts";
import { resizeConverter, upsampleConverter } from "./converters/resize.ts";
import { scatterConverter } from "./converters/scatter.ts";
import { sliceConverter } from "./converters/slice.ts";
import { softmaxConverter } from "./converters/softmax.ts";
import { splitConverter } from "./converters/split.ts";
import { topKConverter } from "./converters/top-k.ts";

/** Every change of meaning between operator sets 1 and 22. What is not listed means the same in all versions, or allows more in later ones. */
export const opsetConverters: readonly OpsetConverter[] = [
  affineConverter,
  axesToInput13Converter,
  axesToInput18Converter,
  batchNormalizationConverter,
  broadcastConverter,
  castConverter,
  clipConverter,
  concatConverter,
  dftConverter,
  dropoutConverter,
  gemmConverter,
  gridSampleConverter,
  groupNormalizationConverter,
  imageScalerConverter,
  lpPoolConverter,
  meanVarianceConverter,
  pReluConverter,
  padConverter,
  recurrentConverter,
  removedConverter,
  reshapeConverter,
  resizeConverter,
  roiAlignConverter,
  scaleConverter,
  scaledFunctionConverter,
  scanConverter,
  scatterConverter,
  seluConverter,
  sliceConverter,
  softmaxConverter,
  splitConverter,
  tileConverter,
  topKConverter,
  upsampleConverter,
];

/** The converter for nodes of `op` that move from one operator set to another, or undefined where they mean the same in both. */
export function opsetConverter(op: string, from: number, to: number): OpsetConverter | undefined {
  return opsetConverters.find(({ ops, below }) => ops.includes(op) && from < below && to >= below);
}
