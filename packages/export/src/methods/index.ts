import { writeDeepLift } from "./deep-lift.ts";
import { writeGradient } from "./gradient.ts";
import { writeInputXGradient } from "./input-x-gradient.ts";
import { writeIntegrated } from "./integrated.ts";
import { writeGuidedGradCam, writeLayerMap } from "./layer-maps.ts";
import { writeSmooth } from "./smooth.ts";
import type { MethodWriter } from "./writer.ts";

/** The methods that can be written into a file, by the names in their descriptions. */
export const builtinWriters: Readonly<Record<string, MethodWriter>> = {
  vanilla: writeGradient,
  guided: writeGradient,
  deconvnet: writeGradient,
  lrp: writeGradient,
  "lrp-epsilon": writeGradient,
  "attn-lrp": writeGradient,
  "cp-lrp": writeGradient,
  deeplift: writeDeepLift,
  deepshap: writeDeepLift,
  "input-x-gradient": writeInputXGradient,
  integrated: writeIntegrated,
  smooth: writeSmooth,
  "grad-cam": writeLayerMap,
  "grad-cam-signed": writeLayerMap,
  "grad-cam-plus-plus": writeLayerMap,
  "hi-res-cam": writeLayerMap,
  "layer-cam": writeLayerMap,
  "layer-gradient-x-activation": writeLayerMap,
  "guided-grad-cam": writeGuidedGradCam,
};
