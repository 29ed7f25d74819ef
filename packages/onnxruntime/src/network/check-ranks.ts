import { XDeepError } from "@xdeep/core";
import type { TypedGraph } from "@xdeep/autodiff";

/** @throws {XDeepError} MODEL_UNSUPPORTED for an input whose number of axes is not declared */
export function checkRanks(graph: TypedGraph): void {
  for (const { name } of graph.graph.input) {
    if (graph.facts.get(name)?.dims != null) continue;
    throw new XDeepError(
      "MODEL_UNSUPPORTED",
      `The file does not say how many axes input "${name}" has. Pass its dims, such as inputDims: { "${name}": ["N", 3, 224, 224] }; a name or null stands for any size.`,
      {
        details: { input: name },
      },
    );
  }
}
