import { float32 } from "@xdeep/core";
import type { ForwardRequest, ForwardResult, Model, Tensor, VjpRequest, VjpResult } from "@xdeep/core";

import { demandClose } from "./compare.ts";
import { demand, demandEqual } from "./failure.ts";
import type { Fixture, Numbers } from "../networks/fixture.ts";
import type { Manifest } from "../networks/manifest.ts";
import { referenceModel } from "../networks/reference-model.ts";
import { relayout } from "../networks/relayout.ts";
import { renameValues } from "../networks/rename-values.ts";

/** Tolerances as a part of the largest value. GPUs may multiply in shorter floats by default. */
export const TOLERANCES: Readonly<Record<"cpu" | "gpu", number>> = { cpu: 1e-5, gpu: 2e-3 };

/** A fixture loaded by the backend under test. */
export interface Subject {
  readonly fixture: Fixture;
  /** The backend's model with images [N, C, H, W] and inner values called as the fixture's layers are, whatever it takes itself. */
  readonly model: Model;
  /** The backend's model as it is. */
  readonly raw: Model;
  /** The same network in double precision. */
  readonly reference: Model;
}

/** What a case works with: fixtures loaded anew for it, and comparisons that name what they compare. */
export class CaseContext {
  readonly manifest: Manifest;
  readonly #fixtures: readonly Fixture[];
  readonly #loaded: Model[] = [];

  constructor(manifest: Manifest, fixtures: readonly Fixture[]) {
    this.manifest = manifest;
    this.#fixtures = fixtures;
  }

  get tolerance(): number {
    const { capabilities, tolerance } = this.manifest;
    return TOLERANCES[capabilities.gpu ? "gpu" : "cpu"] * (tolerance?.factor ?? 1);
  }

  /** As many rows as one call may hold, at most `wanted`. */
  rows(wanted: number): number {
    return Math.min(wanted, this.manifest.capabilities.maxBatch ?? wanted);
  }

  /** Loads a fixture of the case, the first unless one is named. */
  async load(id?: string): Promise<Subject> {
    const fixture = this.#fixtures.find((candidate) => candidate.id === (id ?? this.#fixtures[0]?.id));
    if (fixture === undefined) throw new RangeError(`The case does not list the fixture "${id}".`);
    const raw = await this.manifest.createModel(fixture);
    demand(raw !== null, `createModel gave null for fixture "${fixture.id}". Load it, or list it under \`unsupported\` with the reason.`);
    this.#loaded.push(raw);
    const { layout = "NCHW", innerValueName } = this.manifest;
    const model = relayout(raw, { from: layout, to: "NCHW" });
    const layers = fixture.network.nodes.map(({ name }) => name);
    return { fixture, raw, model: innerValueName === undefined ? model : renameValues(model, layers, innerValueName), reference: referenceModel(fixture) };
  }

  /** Loads every fixture of the case. */
  async loadAll(): Promise<readonly Subject[]> {
    const subjects: Subject[] = [];
    for (const { id } of this.#fixtures) subjects.push(await this.load(id));
    return subjects;
  }

  /** Disposes every model that was loaded. */
  async close(): Promise<void> {
    for (const model of this.#loaded.splice(0)) await model.dispose();
  }

  closeTo(actual: Tensor, expected: Tensor, what: string): void {
    demandClose(actual as Numbers, expected as Numbers, { what, tolerance: this.tolerance });
  }

  /** Runs the request on the backend and on the reference, and compares the gradients. Gives the backend's result. */
  async agreeOnGradients({ fixture, model, reference }: Subject, request: VjpRequest): Promise<VjpResult> {
    const [expected, actual] = [await reference.vjp(request), await model.vjp(request)];
    for (const [name, gradient] of Object.entries(expected.gradients)) {
      const input = fixture.network.inputs.findIndex((candidate) => candidate.name === name);
      const what = `gradient of ${input < 0 ? "inner value" : `input ${input}`} "${name}" through ${describeFixture(fixture)}`;
      demand(actual.gradients[name] !== undefined, `${what} is missing.`);
      this.closeTo(actual.gradients[name], gradient, what);
    }
    return actual;
  }

  /** Runs the request on the backend and on the reference, and compares gradients, outputs, targets and scores. Gives the backend's result. */
  async agreeOnVjp({ model, reference }: Subject, request: VjpRequest, what: string): Promise<VjpResult> {
    const [expected, actual] = [await reference.vjp(request), await model.vjp(request)];
    this.sameResult(actual, expected, what);
    demandEqual(actual.rectifiers, expected.rectifiers, `${what}: rectifiers that the rule acted on`);
    return actual;
  }

  /** Runs the request on the backend and on the reference, and compares outputs, targets and scores. Gives the backend's result. */
  async agreeOnForward({ model, reference }: Subject, request: ForwardRequest, what: string): Promise<ForwardResult> {
    const [expected, actual] = [await reference.forward(request), await model.forward(request)];
    this.sameOutputs(actual, expected, what);
    return actual;
  }

  /** Compares two results of vjp in everything that they hold. */
  sameResult(actual: VjpResult, expected: VjpResult, what: string): void {
    this.#sameTensors(actual.gradients, expected.gradients, `${what}: gradient of`);
    this.sameOutputs(actual, expected, what);
  }

  /** Compares outputs, targets and scores of two results. */
  sameOutputs(actual: ForwardResult, expected: ForwardResult, what: string): void {
    this.#sameTensors(actual.outputs, expected.outputs, `${what}: output`);
    demandEqual(actual.target, expected.target, `${what}: targets`);
    demandEqual(actual.output, expected.output, `${what}: output that was scored`);
    this.closeTo(float32([actual.scores.length], actual.scores), float32([expected.scores.length], expected.scores), `${what}: scores`);
  }

  #sameTensors(actual: Readonly<Record<string, Tensor>>, expected: Readonly<Record<string, Tensor>>, what: string): void {
    demandEqual(Object.keys(actual).toSorted(), Object.keys(expected).toSorted(), `${what} these names`);
    for (const [name, tensor] of Object.entries(expected)) this.closeTo(actual[name]!, tensor, `${what} "${name}"`);
  }

  /** Runs the request on the backend and on the reference, and compares the outputs. */
  async agreeOnOutputs({ fixture, model, reference }: Subject, request: ForwardRequest): Promise<void> {
    const [expected, actual] = [await reference.forward(request), await model.forward(request)];
    for (const [name, output] of Object.entries(expected.outputs)) {
      const what = `output "${name}" of ${describeFixture(fixture)}`;
      demand(actual.outputs[name] !== undefined, `${what} is missing.`);
      this.closeTo(actual.outputs[name], output, what);
    }
  }
}

/** The fixture with its operators and seed, as failures name it. */
function describeFixture({ id, network, seed }: Fixture): string {
  const ops = network.nodes.map(({ layer }) => (layer.op === "activation" ? layer.name : layer.op));
  return `fixture "${id}" (${[...new Set(ops)].join(", ")}; seed ${seed})`;
}
