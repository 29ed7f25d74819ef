import type { Preprocessing } from "@xdeep/image";

import type { InputDims } from "../engine/open-model.ts";
import type { MethodSettings } from "../explain/methods.ts";

export interface Recipe {
  readonly model: string;
  readonly input: string;
  readonly methods: readonly string[];
  readonly targets: readonly (number | null)[];
  readonly settings: MethodSettings;
  readonly preprocessing: Preprocessing | null;
  readonly isOnnx: boolean;
  /** Names of the inputs beside the first. */
  readonly others: readonly string[];
  readonly wrt: readonly string[] | undefined;
  /** The output that was chosen; null for the first. */
  readonly output: string | null;
  /** Sizes that the file leaves open. */
  readonly inputDims?: InputDims | undefined;
  /** Where a text was typed. */
  readonly text: RecipeText | null;
}

export interface RecipeText {
  readonly sentence: string;
  readonly pair: string | null;
  /** Its end was left out, for want of room. */
  readonly isCut: boolean;
  /** There is a tokenizer_config.json beside tokenizer.json. */
  readonly hasConfig: boolean;
}

/** The command line that gives the same maps: methods are called the same there. */
export function commandLine({ model, input, methods, targets, settings, preprocessing, others, wrt, output, inputDims = {}, text }: Recipe): string {
  const explained = text === null ? quoted(input) : typed(text);
  const words = ["xdeep explain", quoted(model), explained, "--method", methods.join(",")];
  for (const target of targets[0] === null ? [] : targets) if (target !== null) words.push("--target", String(target));
  if (methods.includes("integrated")) words.push("--steps", String(settings.steps));
  if (methods.some((method) => method.startsWith("smooth"))) words.push("--samples", String(settings.draws), "--seed 0");
  for (const name of text === null ? others : []) words.push(`--input ${quoted(`${name}=${name}.json`)}`);
  for (const [name, dims] of Object.entries(inputDims)) words.push(`--input-dims ${quoted(`${name}=${dims.map((dim) => dim ?? "?").join(",")}`)}`);
  for (const name of wrt ?? []) words.push(`--wrt ${quoted(name)}`);
  if (output !== null) words.push(`--output ${quoted(output)}`);
  if (preprocessing !== null) {
    const { size, channels, layout, scale, mean, std, resize } = preprocessing;
    words.push(`--size ${size.width ?? ""}x${size.height ?? ""}`);
    words.push(`--resize ${resize} --channels ${channels} --layout ${layout} --scale ${scale} --mean ${list(mean)} --std ${list(std)}`);
    if (resize === "crop") words.push(`--crop-fraction ${preprocessing.cropFraction}`);
  }
  return words.join(" ");
}

/** The program that gives the same maps. */
export function program({ model, input, methods, targets, settings, preprocessing, isOnnx, others, wrt, output, inputDims, text }: Recipe): string {
  const method = methods[0] ?? "vanilla";
  const rule = method.includes("guided") ? ', { rule: "guided" }' : "";
  const gradient = `new Backprop(model${rule})`;
  const explainer =
    method === "integrated"
      ? `integrated(${gradient}, { n: ${settings.steps}${text === null ? "" : ", baseline"} })`
      : method.startsWith("smooth")
        ? `smooth(${gradient}, { n: ${settings.draws}, seed: 0 })`
        : method === "grad-cam"
          ? "gradCam(model)"
          : gradient;
  const imports = [
    ...(text === null ? [] : ['import { readFile } from "node:fs/promises";']),
    `import { loadModel } from "${isOnnx ? "@xdeep/onnxruntime" : "@xdeep/tfjs"}";`,
    ...(method === "grad-cam" ? ['import { gradCam } from "@xdeep/layers";'] : ['import { Backprop } from "@xdeep/guided";']),
    ...(method === "integrated"
      ? ['import { integrated } from "@xdeep/integrated";']
      : method.startsWith("smooth")
        ? ['import { smooth } from "@xdeep/smooth";']
        : []),
    ...(preprocessing === null ? [] : ['import { preprocess } from "@xdeep/image";']),
    ...(text === null ? [] : ['import { readTokenizer } from "@xdeep/text";']),
  ];
  const tensor =
    text !== null
      ? encoding(text, method)
      : preprocessing === null
        ? others.length === 0
          ? "// `input` is a tensor with the numbers of the input."
          : "// `input` holds a tensor for each input by name."
        : `const { tensor: input } = await preprocess(${JSON.stringify(input)}, ${JSON.stringify(preprocessing)});`;
  const options = [
    `target: ${targets[0] ?? null}`,
    ...(wrt === undefined ? [] : [`wrt: ${JSON.stringify(wrt)}`]),
    ...(output === null ? [] : [`output: ${JSON.stringify(output)}`]),
  ];
  return `${imports.join("\n")}

const model = await loadModel(${JSON.stringify(model)}${inputDims === undefined ? "" : `, { inputDims: ${JSON.stringify(inputDims)} }`});
${tensor}
const { values, target, scores } = await ${explainer}.explain(input, { ${options.join(", ")} });
`;
}

function typed({ sentence, pair, isCut }: RecipeText): string {
  const second = pair === null ? "" : ` --text-pair ${quoted(pair)}`;
  return `--text ${quoted(sentence)}${second}${isCut ? " --truncate" : ""} --tokenizer tokenizer.json`;
}

function encoding({ sentence, pair, isCut, hasConfig }: RecipeText, method: string): string {
  const files = ["tokenizer.json", ...(hasConfig ? ["tokenizer_config.json"] : [])].map((file) => `await readFile("${file}", "utf8")`);
  const chosen = [...(pair === null ? [] : [`pair: ${JSON.stringify(pair)}`]), ...(isCut ? ["truncate: true"] : [])].join(", ");
  const found = method === "integrated" ? "{ feeds: input, baseline }" : "{ feeds: input }";
  return `const ${found} = readTokenizer(${files.join(", ")}).encode(${JSON.stringify(sentence)}, model${chosen === "" ? "" : `, { ${chosen} }`});`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function list(values: number | readonly number[]): string {
  return typeof values === "number" ? String(values) : values.join(",");
}
