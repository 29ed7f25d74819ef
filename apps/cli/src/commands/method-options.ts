import { DEFAULT_RELATIVE_TOLERANCE, QUADRATURES } from "@xdeep/integrated";
import { DEFAULT_STEPS } from "@xdeep/layers";
import { DEFAULT_DRAWS, DEFAULT_NOISE_LEVEL, DEFAULT_SEED } from "@xdeep/smooth";
import { type Command, Option } from "commander";

import { collect, collectOptions, integerFrom, parseNotNegative, parseTolerance, splitList } from "./parse-flag.ts";

/** Where commands differ in what they take for granted. */
export interface MethodDefaults {
  readonly steps: string;
  readonly samples: string;
  readonly baseline: string;
}

/** Where explanations are computed here and now. */
export const COMPUTED_DEFAULTS: MethodDefaults = {
  steps: `as many as bring delta within ${100 * DEFAULT_RELATIVE_TOLERANCE} % of the score's change; paths to a layer: ${DEFAULT_STEPS}`,
  samples: String(DEFAULT_DRAWS),
  baseline: "a number in units of the model's input, black, white, a picture, or a .npy file; several are averaged (default: 0)",
};

/** The options of methods. */
export function addMethodOptions(command: Command, defaults: MethodDefaults): void {
  command
    .optionsGroup("Method:")
    .addOption(new Option("-m, --method <list>", "methods with commas between, see below").argParser(splitList).default(["vanilla"], "vanilla"))
    .option("-n, --steps <n>", `integrated, paths to a layer: points on the path (default: ${defaults.steps})`, integerFrom(1))
    .addOption(new Option("--quadrature <name>", "integrated: how the points are placed and weighted (default: midpoint)").choices(QUADRATURES))
    .option("--tolerance <delta>", "integrated: take points until |delta| is at most this, in units of the score, or 1% of its change", parseTolerance)
    .option("--baseline <value>", `integrated, deeplift, paths to a layer: ${defaults.baseline}`, collect)
    .option("--no-multiply-by-inputs", "integrated: the bare mean gradient, without the factor x - baseline")
    .option("--samples <n>", `smooth: noisy copies (default: ${defaults.samples})`, integerFrom(1))
    .addOption(
      new Option("--noise-level <share>", `smooth: standard deviation by the range of the input (default: ${DEFAULT_NOISE_LEVEL})`)
        .argParser(parseNotNegative)
        .conflicts("noiseStd"),
    )
    .option("--noise-std <std>", "smooth: standard deviation in units of the model's input", parseNotNegative)
    .option("--seed <n>", `smooth: seed of the noise (default: ${DEFAULT_SEED})`, integerFrom(0))
    .addOption(new Option("--aggregate <name>", "smooth: what is made of the copies (default: mean)").choices(["mean", "meanSquare", "variance"]))
    .option("--method-option <name=value>", "an option of lrp, or of a method of others; several times", collectOptions)
    .option("--rectifiers <list>", "guided, deconvnet: operators that count as rectifiers (default: Relu,Relu6)", splitList);
}

const TARGET = 'number or name of a class, a sum such as "tabby - lynx", or an entry 3,10,20 of an output with more axes, * for its highest';

/** The options that say which score is explained, with respect to what. `severalTargets`: `--target` may be repeated. */
export function addScoreOptions(command: Command, { severalTargets = false }: { readonly severalTargets?: boolean } = {}): Command {
  const target = severalTargets
    ? new Option("-t, --target <class>", `${TARGET}; several times to compare classes (default: the highest)`).argParser(collect)
    : new Option("-t, --target <class>", `${TARGET} (default: the highest)`);
  return command
    .optionsGroup("What is explained:")
    .addOption(target)
    .option("-l, --labels <file>", "names of the classes: a text file with one per line, or JSON (default: what lies beside the model)")
    .addOption(new Option("--score <name>", "the argument of a final softmax or sigmoid, or its result (default: logit)").choices(["logit", "probability"]))
    .option("--output <name>", "name of the model's output, or of a value inside (default: the first float output)")
    .option("--wrt <name>", "attribute to this input or inner value (see xdeep check --values); several times (default: every float input)", collect);
}
