import type { ForwardRequest, ForwardResult, Model, RectifierRule, ScoreRequest, Tensor, VjpRequest, VjpResult } from "@xdeep/core";
import { delegateTo } from "@xdeep/core/backend";

import { type FirstGradient, type NamedMethod, firstGradient } from "./method.ts";
import type { MethodSettings } from "./settings.ts";
import { isOneAxis } from "../targets/class-axis.ts";

/** Two views of a model for one input, so that what scoring it finds is not run for again by the methods. */
export interface FirstRun {
  /** Finds scores. Where a method will want the gradient at the input first, it is taken in the same run. */
  readonly scoring: Model;
  /** Explains. What scoring found is answered from memory, and everything else by the model. */
  readonly explaining: Model;
}

export interface FirstRunSettings extends Pick<MethodSettings, "rectifiers">, Pick<ScoreRequest, "score"> {
  readonly wrt?: readonly string[] | undefined;
}

/** A gradient at x that a method will ask for. */
interface Gradient extends Pick<VjpRequest, "rectifiers" | "wrt"> {
  readonly rule: RectifierRule;
  /** Values that it wants beside the output. */
  readonly beside: readonly string[];
}

/** What is remembered of a run. */
interface Found {
  readonly request: ForwardRequest;
  readonly result: ForwardResult;
  /** Until it is asked for. */
  gradient: { readonly of: Gradient; readonly result: VjpResult } | null;
}

/** A model whose first run at an input serves both its scores and the methods that begin there. Answers are those of the model to the same request. */
export function shareFirstRun(model: Model, methods: readonly NamedMethod[], settings: FirstRunSettings): FirstRun {
  const first = methods.map(firstGradient).find((each) => each !== null) ?? null;
  const found: Found[] = [];
  const known = (request: ForwardRequest | VjpRequest): Found | undefined => found.find((each) => answers(each, request));

  async function scored(request: ForwardRequest): Promise<ForwardResult> {
    if (request.target === undefined) return model.forward(request);
    const gradient = await pull(request);
    const result = gradient?.result ?? (await model.forward(request));
    found.push({ request, result, gradient });
    return withOutputs(result, request);
  }

  /** Null where no method will ask for it, and where it fails: the method then meets the error when its turn comes, and names it. */
  async function pull(request: ForwardRequest): Promise<Found["gradient"]> {
    if (first === null || (request.score ?? "logit") !== (settings.score ?? "logit") || !isCertain(model, request)) return null;
    try {
      const of = await gradientOf(first, settings, explaining, request.outputs![0]!);
      if (of === null) return null;
      const { rule, rectifiers, wrt } = of;
      return { of, result: await model.vjp({ ...request, rule, rectifiers, wrt, outputs: [...request.outputs!, ...of.beside] }) };
    } catch (error) {
      if (request.signal?.aborted === true) throw error;
      return null;
    }
  }

  async function explained(request: VjpRequest): Promise<VjpResult> {
    const at = known(request);
    const gradient = at?.gradient ?? null;
    if (gradient === null || !isOf(gradient.of, request)) return model.vjp(request);
    at!.gradient = null;
    return gradient.result;
  }

  const layers = new Map<string | undefined, ReturnType<NonNullable<Model["layers"]>>>();
  const explaining: Model = {
    ...delegateTo(model),
    ...(model.layers === undefined
      ? {}
      : {
          layers(request = {}) {
            if (!layers.has(request.output)) layers.set(request.output, model.layers!(request));
            return layers.get(request.output)!;
          },
        }),
    async forward(request) {
      const at = known(request);
      return at === undefined ? model.forward(request) : withOutputs(at.result, request);
    },
    vjp: explained,
  };
  return { scoring: { ...delegateTo(model), forward: scored }, explaining };
}

/** The gradient that a method will ask for first; null where the model offers no layer for it. */
async function gradientOf(first: FirstGradient, { rectifiers, wrt }: FirstRunSettings, model: Model, output: string): Promise<Gradient | null> {
  if (first.at === "input") return { rule: first.rule, rectifiers: first.rule === "standard" ? undefined : rectifiers, wrt, beside: [] };
  const layer = first.layer ?? (await model.layers?.({ output }))?.at(-1)?.name;
  return layer === undefined ? null : { rule: first.rule, rectifiers: undefined, wrt: [layer], beside: [layer] };
}

/** The target that is scored is the one that will be explained: no output is chosen by its dims, and no class by its axis. */
function isCertain({ outputs }: Model, { outputs: names, target }: ForwardRequest): boolean {
  const info = names?.length === 1 ? outputs.find(({ name }) => name === names[0]) : undefined;
  return info !== undefined && (target !== null || isOneAxis(info.dims.slice(1)));
}

/** A gradient of this kind and nothing else. */
function isOf(gradient: Gradient, { rule = "standard", rectifiers, wrt, cotangent, targets, weights, reference }: VjpRequest): boolean {
  const others = [cotangent, targets, weights, reference];
  const asked = { rule, rectifiers, wrt };
  return others.every((each) => each === undefined) && JSON.stringify(asked) === JSON.stringify({ ...gradient, beside: undefined });
}

/** Whether a run has what a request asks for: the same score of the same entries at the same input, and every output. */
function answers({ request: run, result }: Found, { feeds, output = result.output, target, score = "logit", outputs }: ForwardRequest | VjpRequest): boolean {
  if (target === undefined || output !== result.output || score !== (run.score ?? "logit")) return false;
  if (outputs === undefined || !outputs.every((name) => result.outputs[name] !== undefined)) return false;
  const isTarget = [run.target, result.target].some((each) => JSON.stringify(each) === JSON.stringify(target));
  return isTarget && sameFeeds(run.feeds, feeds);
}

/** A result with the outputs that a request names, and no others. */
function withOutputs({ target, scores, output, score, outputs }: ForwardResult, { outputs: names }: ForwardRequest): ForwardResult {
  const asked = Object.entries(outputs).filter(([name]) => names === undefined || names.includes(name));
  return { target, scores, output, score, outputs: Object.fromEntries(asked) };
}

function sameFeeds(a: ForwardRequest["feeds"], b: ForwardRequest["feeds"]): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => b[name] !== undefined && sameTensor(a[name]!, b[name]));
}

/** Bit for bit: the same request is the same run, and −0 is not 0. */
function sameTensor(a: Tensor, b: Tensor): boolean {
  if (a === b) return true;
  if (a.type !== b.type || a.dims.join() !== b.dims.join()) return false;
  return a.data === b.data || (ArrayBuffer.isView(a.data) && ArrayBuffer.isView(b.data) && bytesOf(a.data).equals(bytesOf(b.data)));
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}
