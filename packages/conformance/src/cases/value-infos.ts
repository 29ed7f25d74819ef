import type { ValueInfo } from "@xdeep/core";

import type { Case } from "../run/case.ts";
import type { CaseContext } from "../run/case-context.ts";
import { demand, demandEqual } from "../run/failure.ts";
import type { Fixture } from "../networks/fixture.ts";

const HEADS: readonly string[] = ["softmax-head", "sigmoid-head", "log-softmax-head", "mlp", "one-entry"];

/** What a model says of its inputs and outputs. */
export function valueInfoCases(): readonly Case[] {
  return [
    { id: "contract/inputs", proves: "Inputs have their names, types and dims.", fixtures: ["two-inputs", "index-input"], run: checkInputs },
    { id: "contract/outputs", proves: "Outputs have their names, types and dims.", fixtures: ["two-outputs", "spatial"], run: checkOutputs },
    { id: "contract/layout", proves: "An image input states the declared layout, or none.", fixtures: ["cnn"], run: checkLayout },
    {
      id: "contract/activation",
      proves: "An output says in which activation it ends, and says none where it ends in none.",
      fixtures: HEADS,
      run: checkActivation,
    },
    { id: "contract/shared-inputs", proves: "Inputs without a batch axis say so.", fixtures: ["shared-inputs"], run: checkInputs },
    {
      id: "contract/state-input",
      proves: "A state of recurrent networks says along which axis behind others its rows lie.",
      fixtures: ["state-input"],
      run: checkInputs,
    },
    { id: "contract/fixed-batch", proves: "The batch axis is open where the file fixes it.", fixtures: ["fixed-batch"], run: checkOpenBatch },
    {
      id: "contract/fixed-batch-shared-inputs",
      proves: "Inputs without a batch axis say so where the file fixes the batch of the others.",
      fixtures: ["fixed-batch-shared-inputs"],
      run: checkOpenBatch,
    },
  ];
}

async function checkInputs(context: CaseContext): Promise<void> {
  for (const { fixture, model } of await context.loadAll()) checkInfos(model.inputs, fixture.inputs, fixture);
}

async function checkOutputs(context: CaseContext): Promise<void> {
  for (const { fixture, model } of await context.loadAll()) checkInfos(model.outputs, fixture.outputs, fixture);
}

async function checkLayout(context: CaseContext): Promise<void> {
  const { raw } = await context.load();
  const declared = context.manifest.layout ?? "NCHW";
  const { layout } = raw.inputs[0]!;
  demand(layout === null || layout === declared, `layout of input "image": expected "${declared}" or null, got ${JSON.stringify(layout)}.`);
}

async function checkActivation(context: CaseContext): Promise<void> {
  for (const { fixture, model } of await context.loadAll()) {
    for (const { name, activation } of fixture.outputs) {
      const info = model.outputs.find((candidate) => candidate.name === name);
      demandEqual(info?.activation ?? null, activation, `activation of output "${name}" in fixture "${fixture.id}"`);
    }
  }
}

async function checkOpenBatch(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  checkInfos(model.inputs, fixture.inputs, fixture);
  checkInfos(model.outputs, fixture.outputs, fixture);
  for (const { name, dims, batched } of [...model.inputs, ...model.outputs])
    if (batched !== false) demandEqual(dims[0], null, `batch axis of "${name}", which takes any number of rows whatever the file says`);
}

function checkInfos(infos: readonly ValueInfo[], expected: readonly ValueInfo[], { id }: Fixture): void {
  demandEqual(infos.map(({ name }) => name).toSorted(), expected.map(({ name }) => name).toSorted(), `names in fixture "${id}"`);
  for (const { name, type, dims, batched = true, batchAxis = null } of expected) {
    const info = infos.find((candidate) => candidate.name === name)!;
    demandEqual(info.type, type, `type of "${name}" in fixture "${id}"`);
    demandEqual(info.batched ?? true, batched, `whether "${name}" in fixture "${id}" has a batch axis`);
    demandEqual(info.batchAxis ?? null, batchAxis, `axis behind others that holds the rows of "${name}" in fixture "${id}"`);
    const fits = info.dims.length === dims.length && dims.every((dim, axis) => dim === null || [dim, null].includes(info.dims[axis]!));
    demand(fits, `dims of "${name}" in fixture "${id}": expected ${JSON.stringify(dims)} or null where any size goes, got ${JSON.stringify(info.dims)}.`);
  }
}
