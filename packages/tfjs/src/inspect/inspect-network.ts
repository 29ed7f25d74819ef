import type { Tensor as PlainTensor, ValueInfo } from "@xdeep/core";
import { DEFAULT_RECTIFIERS, isFloatType } from "@xdeep/core/backend";
import { type Tensor, tidy } from "@tensorflow/tfjs-core";

import { upload } from "../engine/transfer.ts";
import type { RuleSet } from "../gradients/rule-set.ts";
import type { Network } from "../networks/network.ts";
import { type Observation, observedDims } from "../model/observed-info.ts";
import { defaultSources } from "../model/try-network.ts";
import { type FinalActivation, finalActivation } from "../tape/final-activation.ts";
import { asEngineError } from "../tape/forward-pass.ts";
import type { TracedCall } from "../tape/kernel-trace.ts";
import { mixingKernel } from "../model/mixing-kernel.ts";
import { CONSTANT_KERNELS, record } from "../tape/record.ts";
import { type KernelCall, type Recording, disposeRecording } from "../tape/recording.ts";
import { rectifierNames } from "../tape/rectifier.ts";
import { callsOnPath, missingGradients } from "../tape/reverse.ts";
import type { InspectedOutput, InspectedValue, KernelCoverage, ModelInspection, RectifierCount, RuleStatus } from "./inspection.ts";

/** What a run shows. Kernels that mix rows are only suspected: whether they do shows when two rows run together. */
export interface NetworkInspection extends ModelInspection {
  readonly suspect: string | null;
}

export interface InspectNetworkOptions {
  readonly rules: RuleSet;
  readonly feeds: Readonly<Record<string, PlainTensor>>;
  readonly observation: Observation;
}

/** One run, as numbers of values. */
interface Run {
  readonly kernels: readonly TracedCall[];
  readonly recording: Recording;
  /** What was seen of each value that has a name, by that name. */
  readonly seen: ReadonlyMap<string, Seen>;
}

interface Seen {
  readonly id: number;
  readonly info: ValueInfo;
  readonly activation: FinalActivation | null;
}

/**
 * Runs a network once and says what can be explained in it. Synchronous.
 *
 * @throws {XDeepError} ENGINE_FAILED when the engine throws
 */
export function inspectNetwork(network: Network, options: InspectNetworkOptions): NetworkInspection {
  const run = runOnce(network, options);
  const { recording, seen } = run;
  const ends = network.outputs.map(({ name }) => seen.get(name)!);
  const paths = ends.filter(({ info }) => isFloatType(info.type)).map(({ id }) => callsOnPath(recording, id));
  const onPath = new Set(paths.flat());
  const outputs = network.outputs.map(({ name }) => inspectOutput(run, network, name));
  const made = new Set([...onPath].flatMap((call) => call.outputs.map(({ id }) => id)));
  const endIds = new Set(ends.map(({ id }) => id));
  return {
    explainable: outputs.some(({ explainable, instead }) => explainable || instead.length > 0),
    inputs: network.inputs.map(valueOf),
    outputs,
    wrt: defaultSources(network),
    operators: coverage(run, onPath),
    rectifiers: rectifiersAmong(recording, onPath),
    values: (network.inner?.all ?? []).flatMap((name) => {
      const value = seen.get(name);
      return value !== undefined && made.has(value.id) && !endIds.has(value.id) ? [valueOf(value.info)] : [];
    }),
    suspect: options.observation.rows === null ? null : mixingKernel(recording, options.observation.rows),
  };
}

function runOnce(network: Network, options: InspectNetworkOptions): Run {
  try {
    let run: Run | undefined;
    tidy(() => {
      run = recordOnce(network, options);
    });
    return run!;
  } catch (error) {
    throw asEngineError(error);
  }
}

function recordOnce(network: Network, { rules, feeds, observation }: InspectNetworkOptions): Run {
  const declared = new Map(network.outputs.map((info) => [info.name, info.dims]));
  const wanted = [...new Set([...declared.keys(), ...(network.inner?.all ?? [])])];
  const wrt = defaultSources(network);
  const inputs = Object.fromEntries(Object.entries(feeds).map(([name, plain]) => [name, upload(plain)]));
  const { result, recording } = record({ rules, scalars: network.scalars, keepsGoing: true }, (recorder) => {
    const announce = (_: string, tensor: Tensor): void => recorder.addSource(tensor);
    for (const name of wrt) if (inputs[name] !== undefined) announce(name, inputs[name]);
    const announced = wrt.filter((name) => inputs[name] === undefined);
    const tensors: Readonly<Record<string, Tensor | undefined>> = network.run({ feeds: inputs, wanted, announced, announce });
    const seen = new Map<string, Seen>();
    for (const [name, tensor] of Object.entries(tensors)) {
      if (tensor === undefined) continue;
      const { id, shape, dtype } = tensor;
      const info = { name, type: dtype as "float32", dims: observedDims(shape, observation, declared.get(name)), layout: null };
      seen.set(name, { id, info, activation: finalActivation(recorder.trace, id) });
    }
    return { seen, kernels: [...recorder.trace.calls()] };
  });
  disposeRecording(recording);
  return { ...result, recording };
}

function inspectOutput({ recording, seen, kernels }: Run, network: Network, name: string): InspectedOutput {
  const { id, info, activation } = seen.get(name)!;
  const isReached = callsOnPath(recording, id).length > 0;
  const missing = missingGradients(recording, id);
  const problem = !isFloatType(info.type)
    ? `type ${info.type} has no gradient`
    : !isReached
      ? "no gradient path leads to it"
      : missing.length > 0
        ? `no rule for ${missing.join(", ")}`
        : null;
  const names = new Map((network.inner?.all ?? []).flatMap((inner) => (seen.has(inner) ? [[seen.get(inner)!.id, inner] as const] : [])));
  return {
    ...valueOf(info),
    explainable: problem === null,
    problem,
    activation: problem === null ? (activation?.activation ?? null) : null,
    logit: problem === null && activation?.factor === 1 ? (names.get(activation.argument) ?? null) : null,
    instead: isReached && isFloatType(info.type) ? [] : valuesBehind(id, { recording, kernels, seen, names }),
    mixesRows: null,
  };
}

/** The nearest named float values behind a value that a gradient path leads to; the argument of an activation stands for it. */
function valuesBehind(
  id: number,
  { recording, kernels, seen, names }: Pick<Run, "recording" | "kernels" | "seen"> & { readonly names: ReadonlyMap<number, string> },
): readonly string[] {
  const makers = new Map(kernels.flatMap((call) => call.outputs.map((output) => [output.id, call] as const)));
  const live = new Set(recording.calls.flatMap(({ outputs }) => outputs.map((output) => output.id)));
  const found = new Set<string>();
  const pending = new Set([id]);
  for (const value of pending) {
    const name = names.get(value);
    if (name !== undefined && live.has(value) && missingGradients(recording, value).length === 0) {
      const argument = seen.get(name)?.activation?.argument;
      found.add((argument === undefined ? undefined : names.get(argument)) ?? name);
    } else {
      for (const input of Object.values(makers.get(value)?.inputs ?? {})) pending.add(input.id);
    }
  }
  return [...found];
}

function coverage({ kernels, recording }: Run, onPath: ReadonlySet<KernelCall>): readonly KernelCoverage[] {
  const passed = new Map<string, KernelCall[]>();
  for (const call of recording.calls) if (onPath.has(call)) passed.set(call.kernel, [...(passed.get(call.kernel) ?? []), call]);
  const counts = new Map<string, number>();
  for (const { kernel } of kernels) counts.set(kernel, (counts.get(kernel) ?? 0) + 1);
  return [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([op, count]) => ({ op, count, onPath: passed.get(op)?.length ?? 0, rule: statusOf(op, passed.get(op) ?? []) }));
}

function statusOf(kernel: string, passed: readonly KernelCall[]): RuleStatus {
  if (passed.length > 0) return passed.some(({ rule }) => rule === undefined) ? "no" : "yes";
  return CONSTANT_KERNELS.has(kernel) ? "zero" : "not needed";
}

function rectifiersAmong(recording: Recording, onPath: ReadonlySet<KernelCall>): readonly RectifierCount[] {
  const counts = new Map<string, number>();
  for (const [call, op] of rectifierNames(recording)) if (onPath.has(call)) counts.set(op, (counts.get(op) ?? 0) + 1);
  return [...counts].map(([op, count]) => ({ op, count, byDefault: DEFAULT_RECTIFIERS.includes(op) }));
}

function valueOf({ name, type, dims }: ValueInfo): InspectedValue {
  return { name, type, dims };
}
