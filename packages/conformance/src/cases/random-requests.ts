import type { Case } from "../run/case.ts";
import type { CaseContext } from "../run/case-context.ts";
import { checkRandomRequest } from "../networks/check-random-request.ts";
import { demand } from "../run/failure.ts";

const FIXTURES: readonly string[] = ["mlp", "index-input", "softmax-head", "two-outputs", "spatial", "fixed-batch", "fixed-batch-shared-inputs"];

/** Requests to each fixture. Half of them are wrong and end before they reach the engine. */
const REQUESTS = 24;

/** Whatever is asked, the answer is right in form or a coded error. */
export function randomRequestCases(): readonly Case[] {
  return FIXTURES.map((id): Case => ({
    id: `errors/random-requests/${id}`,
    proves:
      "Requests of a seed, right and wrong, give finite results of the promised dims, or reject with an XDeepError (TypeError for wrong JavaScript types).",
    fixtures: [id],
    run: checkRequests,
  }));
}

async function checkRequests(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const { innerValues } = context.manifest.capabilities;
  const layers = fixture.network.nodes.map(({ name }) => name).filter((name) => !fixture.network.outputs.includes(name));
  let succeeded = 0;
  for (let seed = 0; seed < REQUESTS; seed++) if (await checkRandomRequest(model, seed, innerValues ? layers : [])) succeeded++;
  demand(succeeded > 0, `None of ${REQUESTS} requests succeeded, though many are right.`);
}
