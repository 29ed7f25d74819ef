import { axesToInput13Converter, axesToInput18Converter } from "./axes-to-input.ts";
import { batchNormalizationConverter } from "./batch-normalization.ts";
import { broadcastConverter } from "./broadcast.ts";
import { castConverter } from "./cast.ts";
import { clipConverter } from "./clip.ts";
import type { OpsetConverter } from "./converter.ts";
import { dropoutConverter } from "./dropout.ts";
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
import { pReluConverter } from "./p-relu.ts";
import { padConverter } from "./pad.ts";
import { dftConverter, gridSampleConverter, groupNormalizationConverter } from "./past-18.ts";
import { reshapeConverter } from "./reshape.ts";
import { resizeConverter, upsampleConverter } from "./resize.ts";
import { scatterConverter } from "./scatter.ts";
import { sliceConverter } from "./slice.ts";
import { softmaxConverter } from "./softmax.ts";
import { splitConverter } from "./split.ts";
import { topKConverter } from "./top-k.ts";

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
