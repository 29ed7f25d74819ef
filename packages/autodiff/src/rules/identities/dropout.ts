import { XDeepError } from "@xdeep/core";
import { constantNumber } from "../../formulas/constant-number.ts";
import { nodeLabel } from "../../graph/node-label.ts";
import type { GradientRule } from "../../sweep/rule.ts";

/**
 * Dropout at inference, or with the ratio 0: y = x;  x̄ = ȳ. The ratio's cotangent is 0.
 *
 * Training mode with another ratio draws another mask in every run; it is refused.
 */
export const dropoutRule: GradientRule = {
  op: "Dropout",
  since: [7, 10, 12, 13, 22],
  pullback: function dropoutPullback({ g, node, input, hasInput, cotangent, wants, inputCount }) {
    const training = hasInput(2) ? input(2).facts.constant?.data[0] : 0;
    const dropsNothing = hasInput(1) && constantNumber(input(1)) === 0;
    if (!dropsNothing && (training === undefined || Number(training) !== 0)) {
      throw new XDeepError(
        "MODEL_UNSUPPORTED",
        `Dropout "${nodeLabel(node)}" is in training mode or may be: its input training_mode is ${training === undefined ? "known only at run time" : "true"}. Export the model for inference.`,
        { details: { node: nodeLabel(node), op: "Dropout" } },
      );
    }
    return [cotangent(0), wants(1) ? g.zerosLike(input(1)) : null, null].slice(0, inputCount);
  },
};
