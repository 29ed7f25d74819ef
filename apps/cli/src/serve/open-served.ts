import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

import { type Model, XDeepError, isXDeepError } from "@xdeep/core";
import type { Preprocessing } from "@xdeep/image";
import { type OpenedModel, REQUEST_PARAMETERS, type ServedMethods } from "@xdeep/server";
import { pool } from "@xdeep/worker";

import { didYouMean, didYouMeanJoined } from "../did-you-mean.ts";
import { ALONE_WORDS } from "../explain/methods/alone-method.ts";
import { settingsOf } from "../explain/methods/method-settings.ts";
import { METHOD_WORDS, createExplainer, resolveMethods } from "../explain/methods/method.ts";
import type { Setting } from "../explain/methods/settings.ts";
import { type CompanionFiles, findCompanionFiles } from "../inputs/companion-files.ts";
import { planInputs } from "../inputs/prepare-input.ts";
import type { LoadFlags } from "../models/model-loader.ts";

/** Loads a model in threads of its own, with what files beside it say of pictures and classes. */
export async function openServed(path: string, flags: LoadFlags, workers: number): Promise<OpenedModel> {
  const companions = await findCompanionFiles(path);
  const worker = (): Worker => new Worker(new URL("./model-worker.js", import.meta.url));
  // The thread that answers is seldom busy. Standing back, engines would leave the cores to whatever else runs: under load, a fifth of the rows were lost.
  const model = await pool({ worker }, workers, { arguments: [path, { ...flags, threads: threadsOf(path, flags, workers) }], niceness: 0 });
  return { model, preprocessing: await preprocessingOf(model, companions.pictures), labels: companions.labels?.labels ?? null };
}

/** Threads of ONNX Runtime, the cores shared out among workers where nobody says how many. A folder may hold models of TensorFlow.js too, which take none. */
export function threadsOf(path: string, { threads, gpu }: Pick<LoadFlags, "threads" | "gpu">, workers: number): number | undefined {
  if (!/\.onnx$/i.test(path)) return undefined;
  return threads ?? (gpu ? undefined : Math.max(1, Math.floor(availableParallelism() / workers)));
}

/** Null for a model that takes no pictures. */
async function preprocessingOf(model: Model, companion: CompanionFiles["pictures"]): Promise<Preprocessing | null> {
  try {
    const { pictures } = await planInputs(model, [{ path: "picture.png" }], [], {}, { pictures: companion, tokenizer: null });
    return pictures?.plan.preprocessing ?? null;
  } catch (error) {
    if (isXDeepError(error)) return null;
    throw error;
  }
}

/** Parameters of methods that a request may give, by the names of the API. */
const PARAMETERS = ["n", "quadrature", "tolerance", "multiplyByInputs", "baseline", "noiseLevel", "std", "seed", "aggregate", "rectifiers"] as const;

/** Where parameters are called otherwise than settings. */
const SETTINGS_OF: Readonly<Record<string, readonly Setting[]>> = { n: ["steps", "samples"], std: ["noiseStd"] };

/** Gradients of a row where nobody says how many: an allowance for steps that are added until a tolerance is met. */
const COSTS: Readonly<Record<string, number>> = { integrated: 25, smooth: 50 };
const COST_OF_TOLERANCE = 500;

/** The built-in methods, as requests name them. Packages of others are not loaded for strangers. */
export const SERVED_METHODS: ServedMethods = {
  names: Object.keys(METHOD_WORDS),
  async create(model, name, parameters) {
    if (name.split("-").some((word) => !Object.hasOwn(METHOD_WORDS, word))) throw unknownMethod(name);
    const unknown = Object.keys(parameters).find((parameter) => !(PARAMETERS as readonly string[]).includes(parameter));
    if (unknown !== undefined) throw unknownParameter(unknown, parameters[unknown]);
    const { n, std, baseline, ...rest } = parameters;
    const { rectifiers = [], multiplyByInputs = true } = rest;
    if (!Array.isArray(rectifiers) || !rectifiers.every((each) => typeof each === "string"))
      throw invalid("rectifiers", rectifiers, '"rectifiers" is a list of names of operators, such as ["Relu"].');
    if (typeof multiplyByInputs !== "boolean") throw invalid("multiplyByInputs", multiplyByInputs, '"multiplyByInputs" is true or false.');
    if (baseline !== undefined && typeof baseline !== "number")
      throw invalid("baseline", baseline, "A baseline is a number here, in units of the model's input.");
    const [method] = await resolveMethods([name]).catch((error: unknown) => {
      throw invalid("method", name, error instanceof Error ? error.message : String(error));
    });
    const taken = settingsOf(method!);
    const unheard = Object.keys(parameters).find((parameter) => (SETTINGS_OF[parameter] ?? [parameter as Setting]).every((setting) => !taken.has(setting)));
    if (unheard !== undefined)
      throw invalid(unheard, parameters[unheard], `The method "${name}" takes no "${unheard}", which would change nothing. Leave it out.`);
    return createExplainer(model, method!, { ...rest, steps: n, samples: n, noiseStd: std, baseline } as Parameters<typeof createExplainer>[2]);
  },
  // Noise is drawn by the place of a row, and a tolerance adds steps for all rows that come together.
  mayJoin: (name, { tolerance }) => !name.split("-").includes("smooth") && tolerance === undefined,
  cost: (name, { n, tolerance }) => {
    const words = name.split("-").filter((word) => Object.hasOwn(COSTS, word));
    const costOf = (word: string): number => (word === "integrated" && tolerance !== undefined ? COST_OF_TOLERANCE : typeof n === "number" ? n : COSTS[word]!);
    // What is no count is refused by its method, and costs nothing until then.
    return Math.max(
      1,
      words.reduce((product, word) => product * costOf(word), 1),
    );
  },
};

/** Names of callers are shown up to here. */
const MOST_SHOWN = 100;

function unknownMethod(name: string): XDeepError {
  const asked = name.slice(0, MOST_SHOWN);
  const words = Object.keys(METHOD_WORDS);
  const [alone = ""] = asked.split(/[@:]/);
  const problem = Object.hasOwn(ALONE_WORDS, alone)
    ? `"${alone}" is a method of xdeep explain, and not served.`
    : `There is no method "${asked}".${didYouMeanJoined(asked, words, words)}`;
  return invalid("method", asked, `${problem} Methods are ${words.join(", ")}, and combinations such as smooth-guided.`);
}

function unknownParameter(name: string, got: unknown): XDeepError {
  const asked = name.slice(0, MOST_SHOWN);
  const called = Object.entries(SETTINGS_OF).find(([, settings]) => settings.includes(asked as Setting))?.[0];
  const hint = called === undefined ? didYouMean(asked, [...PARAMETERS, ...REQUEST_PARAMETERS]) : ` It is called ${called} here.`;
  return invalid(
    asked,
    got,
    `There is no parameter "${asked}".${hint} Parameters of methods are ${PARAMETERS.join(", ")}; those of every request ${REQUEST_PARAMETERS.join(", ")}.`,
  );
}

function invalid(option: string, got: unknown, message: string): XDeepError {
  return new XDeepError("OPTION_INVALID", message, { details: { option, got } });
}
