import type { Case } from "../run/case.ts";
import { abortCases } from "./abort.ts";
import { batchCases } from "./batch.ts";
import { contractCases } from "./contract.ts";
import { errorCases } from "./errors.ts";
import { fixedBatchCases } from "./fixed-batch.ts";
import { forwardCases } from "./forward.ts";
import { innerValueCases } from "./inner-values.ts";
import { isolationCases } from "./isolation.ts";
import { layerCases } from "./layers.ts";
import { knownLayerCases } from "./known-layers.ts";
import { methodCases } from "./methods.ts";
import { nestedMethodCases } from "./nested-methods.ts";
import { overflowCases } from "./overflow.ts";
import { randomRequestCases } from "./random-requests.ts";
import { relevanceCases } from "./relevance.ts";
import { ruleCases } from "./rules.ts";
import { severalTargetCases } from "./several-targets.ts";
import { targetCases } from "./targets.ts";
import { valueInfoCases } from "./value-infos.ts";
import { vjpCases } from "./vjp.ts";

let all: readonly Case[] | undefined;

/** Every case of the suite, group by group. Cases hold nothing that a run changes, so each call gives the same. */
export function cases(): readonly Case[] {
  return (all ??= [
    ...contractCases(),
    ...valueInfoCases(),
    ...forwardCases(),
    ...vjpCases(),
    ...batchCases(),
    ...fixedBatchCases(),
    ...ruleCases(),
    ...relevanceCases(),
    ...targetCases(),
    ...severalTargetCases(),
    ...innerValueCases(),
    ...isolationCases(),
    ...abortCases(),
    ...errorCases(),
    ...overflowCases(),
    ...randomRequestCases(),
    ...methodCases(),
    ...nestedMethodCases(),
    ...layerCases(),
    ...knownLayerCases(),
  ]);
}

/** The group of a case: the part of its id before the first slash. */
export function groupOf({ id }: Pick<Case, "id">): string {
  return id.slice(0, id.indexOf("/"));
}
