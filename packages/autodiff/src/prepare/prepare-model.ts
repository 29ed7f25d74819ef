import { type GraphProto, type ModelProto, type ModelLimits, inlineFunctions, resolveLimits, upgradeOpset, validateModel, withFields } from "@xdeep/onnx";
import { columnProducts } from "./operators/column-products.ts";
import { denseConstants } from "./constants/dense-constants.ts";
import { expandFused } from "./operators/expand-fused.ts";
import { expandLearning } from "./operators/expand-learning.ts";
import { explicitPads } from "./operators/explicit-pads.ts";
import { plainCasts } from "./operators/plain-casts.ts";
import { quantizedProducts } from "./operators/quantized-products.ts";
import { resolveSequences } from "./flow/resolve-sequences.ts";
import { scalarCounters } from "./flow/scalar-counters.ts";
import { takeKnownBranches } from "./flow/take-known-branches.ts";
import { weightMatrices } from "./constants/weight-matrices.ts";
import { graphOf } from "../graph/typed-graph.ts";

/** The oldest opset in which gradients are written: the first with reductions in ScatterND and ScatterElements, Col2Im, and axes as inputs everywhere. */
export const GRADIENT_OPSET = 18;

/**
 * Brings a model into the one form that rules see: model-local functions inlined, opset 18 or newer, branches that are always taken in place
 * of their If, initializers that old files also list as inputs taken as constants, sparse constants written out, CastLike turned into Cast,
 * operators that ONNX Runtime fused with their activations taken apart, linear models of ai.onnx.ml in products and sums, the pads of dilated
 * convolutions in numbers, products with vectors as products with columns, sequences of known length as their tensors, nodes in topological order.
 * The model's outputs stay what they were.
 *
 * @throws {XDeepError} MODEL_INVALID for a model that breaks the rules of ONNX; MODEL_UNSUPPORTED for one beyond a limit, or an operator that has
 * no equal in the newer operator set
 */
export function prepareModel(model: ModelProto, limits?: Partial<ModelLimits>): ModelProto {
  const upgraded = plainFlow(takeKnownBranches(upgradeOpset(checkedModel(model, resolveLimits(limits)), GRADIENT_OPSET)));
  const graph = expandLearning(weightMatrices(quantizedProducts(expandFused(scalarCounters(denseConstants(graphOf(upgraded)))))));
  return columnProducts(explicitPads(plainCasts(withFields(upgraded, { graph: withFields(graph, { input: freeInputs(graph) }) }))));
}

/** Sequences as tensors, which may show what branch an If takes, in which there may be sequences: PyTorch's `hstack` is written so. */
function plainFlow(model: ModelProto): ModelProto {
  const resolved = resolveSequences(model);
  if (resolved === model) return model;
  const taken = takeKnownBranches(resolved);
  return taken === resolved ? resolved : plainFlow(taken);
}

/** Without functions, and without what is for training only. What functions become is checked again: their attributes come from the calls. */
function checkedModel(model: ModelProto, limits: ModelLimits): ModelProto {
  const checked = validateModel(withFields(model, { trainingInfo: [] }), limits);
  return checked.functions.length === 0 ? checked : validateModel(inlineFunctions(checked, limits), limits);
}

function freeInputs(graph: GraphProto): GraphProto["input"] {
  const constants = new Set(graph.initializer.map((tensor) => tensor.name));
  return graph.input.filter((input) => !constants.has(input.name));
}
