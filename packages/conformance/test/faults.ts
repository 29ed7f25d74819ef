import type { Fault } from "./broken-model.ts";
import { batchFaults } from "./faults/batches.ts";
import { contractFaults } from "./faults/contract.ts";
import { isolationFaults } from "./faults/isolation.ts";
import { layerFaults } from "./faults/layers.ts";
import { numberFaults } from "./faults/numbers.ts";
import { ruleFaults } from "./faults/rules.ts";
import { targetFaults } from "./faults/targets.ts";

/** Backends that lie, each in one way. */
export const FAULTS: readonly Fault[] = [
  ...numberFaults,
  ...batchFaults,
  ...targetFaults,
  ...ruleFaults,
  ...isolationFaults,
  ...contractFaults,
  ...layerFaults,
];
