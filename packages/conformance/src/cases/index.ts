import type { Case } from "../case.ts";
import { abortCases } from "./abort.ts";
import { batchCases } from "./batch.ts";
import { contractCases } from "./contract.ts";
import { errorCases } from "./errors.ts";
import { forwardCases } from "./forward.ts";
import { innerValueCases } from "./inner-values.ts";
import { isolationCases } from "./isolation.ts";
import { methodCases } from "./methods.ts";
import { ruleCases } from "./rules.ts";
import { targetCases } from "./targets.ts";
import { vjpCases } from "./vjp.ts";

/** Every case of the suite, group by group. */
export function cases(): readonly Case[] {
  return [
    ...contractCases(),
    ...forwardCases(),
    ...vjpCases(),
    ...batchCases(),
    ...ruleCases(),
    ...targetCases(),
    ...innerValueCases(),
    ...isolationCases(),
    ...abortCases(),
    ...errorCases(),
    ...methodCases(),
  ];
}

/** The group of a case: the part of its id before the first slash. */
export function groupOf({ id }: Pick<Case, "id">): string {
  return id.slice(0, id.indexOf("/"));
}
