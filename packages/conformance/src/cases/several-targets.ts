import { float32 } from "@xdeep/core";
import type { TargetOption, VjpRequest, VjpResult } from "@xdeep/core";

import type { Case } from "../run/case.ts";
import type { CaseContext } from "../run/case-context.ts";
import { expectRejection } from "../run/expect-rejection.ts";
import { demand, demandEqual } from "../run/failure.ts";

/** Several targets of one input in one call: each as it is alone. */
export function severalTargetCases(): readonly Case[] {
  const requires = { kind: "severalTargets" } as const;
  return [
    {
      id: "targets/several",
      proves: "Of several targets each has the target, the scores and the gradient that it has alone, in the order of the request.",
      fixtures: ["mlp"],
      requires,
      run: (context) => checkEach(context, 1, [4, null, { max: [null] }, 0, 1, TERMS]),
    },
    {
      id: "targets/several/rows",
      proves: "Several targets hold for all rows, or name one for each.",
      fixtures: ["mlp"],
      requires: [requires, { kind: "rows", rows: 3 }],
      run: (context) => checkEach(context, 3, [[0, 2, 1], 3, null, [null, 4, 4]]),
    },
    {
      id: "targets/several/weights",
      proves: "Weights sum the rows of every target.",
      fixtures: ["mlp"],
      requires: [requires, { kind: "rows", rows: 3 }],
      run: (context) => checkEach(context, 3, [1, [2, 0, 4]], { weights: Float32Array.of(0.5, -2, 3) }),
    },
    {
      id: "targets/several/map",
      proves: "Several targets may be tuples of a map.",
      fixtures: ["spatial"],
      requires,
      run: (context) => checkEach(context, 1, [{ index: [1, 3, 4] }, null, { index: [0, 0, 0] }]),
    },
    {
      id: "targets/several/guided",
      proves: "A modified rule holds for every one of several targets.",
      fixtures: ["cnn"],
      requires: [requires, { kind: "rule", rule: "guided" }],
      run: (context) => checkEach(context, 1, [0, 1], { rule: "guided" }),
    },
    {
      id: "targets/several/apart",
      proves: "Results of several targets share no memory, not even where their gradients are equal.",
      fixtures: ["mlp", "one-entry"],
      requires,
      run: checkApart,
    },
    {
      id: "targets/several/refused",
      proves: "Several targets are a list of at least one, and come without a target or a cotangent beside them; each is checked.",
      fixtures: ["mlp"],
      requires,
      run: checkRefused,
    },
  ];
}

const TERMS: TargetOption = {
  terms: [
    { index: 0, weight: 1 },
    { index: 3, weight: -0.5 },
  ],
};

async function checkEach(context: CaseContext, rows: number, targets: readonly TargetOption[], options: Partial<VjpRequest> = {}): Promise<void> {
  const { fixture, model, reference } = await context.load();
  const feeds = fixture.sample(rows);
  const result = await model.vjp({ feeds, targets, ...options });
  demandEqual(result.perTarget?.length, targets.length, "number of results");
  for (const [k, target] of targets.entries()) {
    const expected = await reference.vjp({ feeds, target, ...options });
    const what = `target ${k}, ${JSON.stringify(target)}`;
    for (const found of k === 0 ? [result.perTarget![k]!, result] : [result.perTarget![k]!]) {
      demandEqual(found.target, expected.target, `reported target of ${what}`);
      context.closeTo(float32([rows], found.scores), float32([rows], expected.scores), `scores of ${what}`);
      demandEqual(Object.keys(found.gradients), Object.keys(expected.gradients), `names of the gradients of ${what}`);
      for (const [name, gradient] of Object.entries(expected.gradients)) context.closeTo(found.gradients[name]!, gradient, `gradient of "${name}" of ${what}`);
    }
    demandEqual(result.rectifiers, expected.rectifiers, "number of rectifiers");
  }
}

async function checkApart(context: CaseContext): Promise<void> {
  for (const { fixture, model } of await context.loadAll()) {
    const targets = fixture.id === "mlp" ? [2, 2, 1] : [0, null];
    const { perTarget = [] } = await model.vjp({ feeds: fixture.sample(1), targets });
    demandEqual(perTarget.length, targets.length, `number of results of "${fixture.id}"`);
    const buffers = perTarget.flatMap((result) => buffersOf(result));
    demand(new Set(buffers).size === buffers.length, `Results of "${fixture.id}" share memory: who changes one changes another.`);
  }
}

function buffersOf({ gradients, scores }: Pick<VjpResult, "gradients" | "scores">): readonly ArrayBufferLike[] {
  return [...Object.values(gradients).map(({ data }) => data.buffer), scores.buffer];
}

async function checkRefused(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const feeds = fixture.sample(1);
  const refused = (request: Partial<VjpRequest>, code: Parameters<typeof expectRejection>[1]): Promise<void> =>
    expectRejection(() => model.vjp({ feeds, ...request }), code, `vjp with ${JSON.stringify(request)}`);
  await model.vjp({ feeds, targets: [1] });
  await refused({ targets: [] }, "OPTION_INVALID");
  await refused({ targets: 1 as never }, "OPTION_INVALID");
  await refused({ targets: [1], target: 2 }, "OPTION_INVALID");
  await refused({ targets: [1], cotangent: float32([1, 5]) }, "OPTION_INVALID");
  await refused({ targets: [1, 5] }, "TARGET_OUT_OF_RANGE");
  await refused({ targets: [1, [0, 1]] }, "TARGET_INVALID");
}
