import { describe, it } from "node:test";

import { conformance } from "@xdeep/conformance";

import { finiteDifferences } from "./backend.js";

const reason = "a central difference sees both sides of a kink";

conformance({
  api: { describe, it },
  name: "finite-differences",
  capabilities: { rules: ["standard"], rectifiers: [], innerValues: false, logits: false, gpu: false, maxBatch: null },
  createModel: async ({ id, inputs, outputs, evaluate }) => (id === "state-input" ? null : finiteDifferences({ f: evaluate, inputs, outputs })),
  unsupported: [{ fixture: "state-input", reason: "rows are taken along the leading axis" }],
  knownFailures: ["vjp/relu/at-zero", "vjp/relu6/at-bounds", "vjp/max-pool/ties", "vjp/max-pool-overlap/ties"].map((id) => ({ case: id, reason })),
});
