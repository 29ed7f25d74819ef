import { GraphBuilder, type ModelProto, type ModelWithExternalData, type Value, nodeProto, rankOf, writeModelWithExternalData } from "@xdeep/onnx";
import { cpuLowerings, scoredValue, webgpuLowerings } from "@xdeep/autodiff";
import { type MethodDescription, type Model, XDeepError } from "@xdeep/core";
import { checkOptionNames, nearestNames } from "@xdeep/core/method";
import { networkOf } from "@xdeep/onnxruntime";

import { explainedTarget } from "./asked/explained-target.ts";
import { explainedOutput, explainedValues, ownOutputNames } from "./asked/explained-values.ts";
import { type ExportedMethods, namedMethods } from "./asked/exported-methods.ts";
import { EXPORT_OPTIONS, type ExportFilesOptions, type ExportOptions } from "./asked/options.ts";
import { checkBranches } from "./batch/check-branches.ts";
import { type OpenBatch, openedBatch } from "./batch/open-batch.ts";
import { heatMap } from "./ends/heat-map.ts";
import { pixelFront } from "./ends/pixels.ts";
import { finishedModel } from "./finished-model.ts";
import { metadataOf } from "./metadata.ts";
import { builtinWriters } from "./methods/index.ts";
import type { Rows, WriterContext, WrittenAttribution } from "./methods/writer.ts";
import { Network } from "./network/network.ts";
import type { WrittenExplainer } from "./written-explainer.ts";
import { oneFile } from "./one-file.ts";
import { findingsOf, portabilityError } from "./portable/check-portable.ts";

/** Points that one row may become in the portable profile: the engine holds the activations of all of them at once. */
const MOST_POINTS = 16;

/**
 * Writes a whole explainer as one ONNX file: the model, the choice of the target, every point of the path or draw of noise, and what becomes of their
 * gradients. Its outputs are `attribution` [N, …], `target` int64 [N], `score` [N], `convergence_delta` [N] where the method defines it, and then the model's
 * own. Several methods share the rest: `attribution_<name>` each. A model whose batch is fixed gets it opened, if running it proves its rows independent.
 *
 * @param model as `loadModel` of @xdeep/onnxruntime gives it
 * @param methods `explainer.method`, plain data; the tensors that it only names go into `options.tensors`
 * @returns the bytes of the file
 * @throws {XDeepError} OPTION_INVALID for a method, or a setting, that no file can hold; MODEL_UNSUPPORTED for a model whose rows depend on each other, that is larger than 2 GiB,
 *   or for whatever breaks a rule of the portable profile; TARGET_INVALID, TARGET_OUT_OF_RANGE, OUTPUT_UNKNOWN, WRT_UNKNOWN, BASELINE_INVALID, NOISE_INVALID, CAPABILITY_MISSING
 */
export async function exportExplainer(model: Model, methods: ExportedMethods, options: ExportOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  checkOptionNames("exportExplainer", options, EXPORT_OPTIONS);
  return oneFile(await explainerProto(model, methods, options));
}

/**
 * The same in two files, for a model that one file cannot hold: protocol buffers end at 2 GiB. The weights go into the second, which lies beside the first
 * under the name `location`. ONNX Runtime reads it wherever it opens files by their path, which Spark and Beam do not.
 *
 * @throws {XDeepError} as `exportExplainer`
 */
export async function exportExplainerFiles(
  model: Model,
  methods: ExportedMethods,
  { location, externalThreshold, ...options }: ExportFilesOptions = {},
): Promise<ModelWithExternalData> {
  checkOptionNames("exportExplainerFiles", options, EXPORT_OPTIONS);
  return writeModelWithExternalData(await explainerProto(model, methods, options), {
    ...(location === undefined ? {} : { location }),
    ...(externalThreshold === undefined ? {} : { externalThreshold }),
  });
}

async function explainerProto(model: Model, methods: ExportedMethods, options: ExportOptions): Promise<ModelProto> {
  const { profile = "portable" } = options;
  if (profile !== "portable" && profile !== "server") {
    throw new XDeepError("OPTION_INVALID", `There is no profile "${String(profile)}"; it is "portable" or "server".`, {
      details: { option: "profile", got: profile },
    });
  }
  const { webgpu = false } = options;
  const pointType = pointTypeOf(options);
  if (pointType !== "float64" && pointType !== "float32") {
    throw new XDeepError("OPTION_INVALID", `pointType is "float64" or "float32", got "${String(pointType)}".`, {
      details: { option: "pointType", got: pointType },
    });
  }
  const opened = await openedBatch(model);
  const { graph, symbol, proof } = opened;
  const written = writeExplainer(opened, model, methods, options);
  const proto = finishedModel(graph, {
    ...written,
    symbol,
    profile,
    webgpu,
    metadata: { ...metadataOf(model, methods, options, written), "xdeep.batch_proof": proof, ...options.metadata },
  });
  if (profile === "portable") {
    const findings = findingsOf(proto).filter(({ severity }) => severity === "error");
    if (findings.length > 0) throw portabilityError(findings);
  }
  await checkBranches(proto, model);
  return proto;
}

/** WebGPU has no float64. */
function pointTypeOf({ pointType, webgpu = false }: ExportOptions): "float32" | "float64" {
  return pointType ?? (webgpu ? "float32" : "float64");
}

function writeExplainer({ graph, symbol }: OpenBatch, model: Model, methods: ExportedMethods, options: ExportOptions): WrittenExplainer {
  const g = new GraphBuilder({ opset: graph.opset, taken: new Set([...graph.facts.keys(), ""]), limits: { ...graph.limits, valueElements: Infinity } });
  const front = options.pixels === undefined ? null : pixelFront(g, model, options.pixels, symbol);
  const forms = { rules: networkOf(model).rules, lowerings: options.lowerings ?? (options.webgpu === true ? webgpuLowerings : cpuLowerings) };
  const network = new Network(graph, g, forms, new Map(front === null ? [] : [[front.replaced, front.value]]));
  const output = explainedOutput(graph, model, options.output);
  const scored = scoredValue(graph, output, options.score ?? "logit");
  const asked = explainedValues(graph, scored.value, model, options.wrt);
  const own = network.at(network.inputs);
  const { target, inputs } = explainedTarget(g, own.value(scored.value), options, { name: output, value: own.value(output) });
  const contextOf = (builder: GraphBuilder, copies: Network, wrt: readonly string[]): WriterContext => {
    const made: WriterContext = {
      g: builder,
      network: copies,
      model,
      batch: symbol,
      wrt,
      output,
      scored: scored.value,
      pointType: pointTypeOf(options),
      tensors: options.tensors ?? {},
      scanBeyond: options.profile === "server" ? (options.maxPoints ?? MOST_POINTS) : null,
      within: (body) => contextOf(body, copies.within(body), wrt),
      moving: () => (wrt === asked.plain ? contextOf(builder, copies, asked.moved()) : made),
      write: (method, rows) => writeMethod(made, method, rows, options),
    };
    return made;
  };
  const context = contextOf(g, network, asked.plain);
  const rows: Rows = { feeds: network.inputs, target, copies: 1, depth: 0 };
  const results = namedMethods(methods).map(([suffix, method]) => ({ suffix, ...context.write(method, rows) }));
  const scores = target.scores(own.value(scored.value));
  const outputs = [
    ...results.flatMap(({ suffix, values }) => [...values].map(([name, value]) => ({ name: attributionName(suffix, values.size > 1 ? name : ""), value }))),
    { name: "target", value: target.index(scores) },
    { name: "score", value: scores },
    ...results.flatMap(({ suffix, delta }) => (delta === undefined ? [] : [{ name: `convergence_delta${suffix}`, value: delta }])),
    ...results.flatMap(({ suffix, points }) => (points === undefined ? [] : [{ name: `points${suffix}`, value: points }])),
    ...results.flatMap(({ suffix, values }) => heatMaps(context, values, options).map((value) => ({ name: `heat_map${suffix}`, value }))),
  ].map(({ name, value }) => ({ name: g.freshName(name), value }));
  for (const { name, value } of outputs) g.append([nodeProto("Identity", [value.name], [name], {}, { name })]);
  network.finish();
  const ownOutputs = ownOutputNames(model, options).map((name) => ({ name, value: own.value(name) }));
  return {
    g,
    inputs: [...(front === null ? [] : [front.pixels]), ...inputs],
    replaced: front?.replaced ?? null,
    outputs: [...outputs, ...ownOutputs],
    layers: results.flatMap(({ layer }) => (layer === undefined ? [] : [layer])),
    score: scored.score,
  };
}

function writeMethod(
  context: WriterContext,
  method: MethodDescription,
  rows: Rows,
  { writers = {}, profile, maxPoints = MOST_POINTS }: ExportOptions,
): WrittenAttribution {
  const all = { ...builtinWriters, ...writers };
  const writer = Object.hasOwn(all, method.name) ? all[method.name] : undefined;
  if (writer === undefined) {
    const [nearest] = nearestNames(method.name, Object.keys(all), 1);
    const message = `No writer is known for the method "${method.name}"; the nearest is "${nearest}". A writer of your own goes into \`writers\`. Known: ${Object.keys(all).join(", ")}.`;
    throw new XDeepError("OPTION_INVALID", message, { details: { method: method.name, known: Object.keys(all) } });
  }
  if (profile !== "server" && rows.copies > maxPoints) {
    const message = `Each row becomes ${rows.copies} points, which the engine holds at once; the portable profile allows ${maxPoints}. Take fewer (a few points of quadrature "gausslegendre" serve smooth models best), or raise \`maxPoints\`.`;
    throw new XDeepError("OPTION_INVALID", message, { details: { option: "maxPoints", got: rows.copies, most: maxPoints } });
  }
  return writer(context, method, rows);
}

/** The picture of what is attributed to the first value, where one is asked for. */
function heatMaps({ g, model }: WriterContext, values: WrittenAttribution["values"], { heatMap: wanted = false }: ExportOptions): readonly Value[] {
  if (wanted === false) return [];
  const [name, value] = [...values][0]!;
  const rank = rankOf(value);
  const isLast = rank === 3 || value.facts.dims?.[rank - 1] === 1 || model.inputs.some((input) => input.name === name && input.layout === "NHWC");
  return [heatMap(g, value, isLast ? rank - 1 : 1, wanted === true ? {} : wanted)];
}

function attributionName(suffix: string, value: string): string {
  return `attribution${suffix}${value === "" ? "" : `_${value.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_")}`}`;
}
