import type { ForwardResult, Tensor, ValueInfo } from "@xdeep/core";
import { type EngineRunOptions, type ForwardPlan, checkScores, rowAxes, scorePlan, sharedInputs } from "@xdeep/core/backend";
import { type TypedGraph, cutAt, scoredValue, withOutputs } from "@xdeep/autodiff";
import type { InferenceSession } from "onnxruntime-common";
import { checkRowsApart } from "./check-batched.ts";
import type { GradientForms } from "../engine/device-rules.ts";
import type { EmptyValues } from "../engine/empty-values.ts";
import type { Engine } from "../engine/engine.ts";
import { OutputDims } from "./output-dims.ts";
import { type FinishedRun, type RunOptions, allJoined, dimsOfRows, joined, runRows } from "../engine/run-rows.ts";
import type { SessionSource, Sessions } from "../engine/sessions.ts";
import { asFloat32 } from "../engine/tensors.ts";
import { valueInfo } from "./value-info.ts";

/** A loaded network, and what it is run with. */
export interface RunnableNetwork {
  readonly graph: TypedGraph;
  readonly engine: Engine;
  readonly sessions: Sessions;
  /** How its gradients are written. */
  readonly forms: GradientForms;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** The batch size that the file fixes, or null where any goes. */
  readonly fixedBatch: number | null;
  /** Elements that a run may be filled up to. */
  readonly mostFilled: EngineRunOptions["mostFilled"];
  readonly emptyValues: EmptyValues;
}

/** Runs of a network: forward, and those of sessions that others make. */
export class NetworkRuns {
  readonly graph: TypedGraph;
  readonly sessions: Sessions;
  readonly forms: GradientForms;
  readonly fixedBatch: number | null;
  /** Names of the inputs that have no batch axis in front. */
  readonly shared: ReadonlySet<string>;
  /** The axis of an input, or of an output, that holds the rows; null where they have none. */
  readonly axisOf: (name: string) => number | null;
  readonly outputAxisOf: (name: string) => number | null;
  readonly #network: RunnableNetwork;
  readonly #outputDims = new OutputDims();

  constructor(network: RunnableNetwork) {
    this.graph = network.graph;
    this.sessions = network.sessions;
    this.forms = network.forms;
    this.fixedBatch = network.fixedBatch;
    this.shared = sharedInputs(network.inputs);
    this.axisOf = rowAxes(network.inputs);
    this.outputAxisOf = rowAxes(network.outputs);
    this.#network = network;
  }

  async forward(plan: ForwardPlan): Promise<ForwardResult> {
    const { fed, outputs, output, score, targets } = plan;
    const { graph, sessions } = this;
    const scored = targets === undefined ? null : scoredValue(graph, output.name, score).value;
    if (scored !== null) checkRowsApart(graph, output.name, plan.rows);
    // The output itself is fetched with the score: its dims say how entries lie.
    const wanted = [...new Set([...outputs, ...(scored === null ? [] : [scored, output.name])])];
    const source = (): SessionSource<null> => ({ model: withOutputs(cutAt(graph, fed, wanted), wanted), plan: null });
    const runs = await sessions.use(`forward ${JSON.stringify([wanted, fed])}`, source, ({ session }) => this.run(session, plan, plan.feeds, wanted));
    const results = allJoined(runs, outputs, this.outputAxisOf);
    const { scored: picked } = scorePlan(plan, () => ({ dims: dimsOfRows(runs, output.name, plan.rows), data: asFloat32(joined(runs, scored!)).data }));
    checkScores(picked.scores, output.name);
    return { outputs: results, ...picked };
  }

  /**
   * Runs the rows of a plan in any session.
   *
   * @param feeds of the session
   * @param references names of its further inputs that hold x′, by the network's inputs
   */
  run(
    session: InferenceSession,
    { rows, signal, feeds: given, fed }: ForwardPlan,
    feeds: Readonly<Record<string, Tensor>>,
    fetches: readonly string[],
    { references = {}, ...options }: Pick<RunOptions, "zeroFilled" | "whole"> & { readonly references?: Readonly<Record<string, string>> } = {},
  ): Promise<readonly FinishedRun[]> {
    const { engine, fixedBatch, mostFilled, emptyValues, inputs: own } = this.#network;
    emptyValues.check(given, fed);
    const inputs = own.flatMap((info) => [info, ...(references[info.name] === undefined ? [] : [{ ...info, name: references[info.name]! }])]);
    return runRows(engine, session, { feeds, inputs, rows, fixedBatch, mostFilled, fetches, signal, ...options });
  }

  /** The dims of a row of the explained output: from the file, or from a run where it leaves them open. */
  async rowDims(plan: ForwardPlan): Promise<readonly number[]> {
    const { output, feeds } = plan;
    const known = this.#outputDims.rowDims(output, feeds);
    if (known !== undefined) return known;
    const { outputs } = await this.forward({ ...plan, outputs: [output.name], targets: undefined });
    return this.#outputDims.note(output, feeds, outputs[output.name]!.dims);
  }

  /** Whether the output's rows have these dims after all, now that a run gave [N, …]; where not, the next `rowDims` finds out. */
  hasRowDims({ output, feeds }: ForwardPlan, rowDims: readonly number[], dims: readonly number[]): boolean {
    return this.#outputDims.isStill(output, feeds, rowDims, dims);
  }

  /** The dims [N, …] of the scored value: its entries lie as the output's do, but its axes may be others. */
  async dimsOf(name: string, plan: ForwardPlan): Promise<readonly number[]> {
    const [, ...axes] = valueInfo(this.graph, name).dims;
    if (axes.length > 0 && axes.every((dim) => dim !== null)) return [plan.rows, ...(axes as readonly number[])];
    const { outputs } = await this.forward({ ...plan, outputs: [name], targets: undefined });
    return outputs[name]!.dims;
  }
}
