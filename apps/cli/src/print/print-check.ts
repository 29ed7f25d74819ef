import { noteInCliWords } from "../cli-words.ts";
import { formatDims } from "./text/format-number.ts";
import type { InspectedOutput, InspectedValue, ModelInspection } from "@xdeep/autodiff";
import { textTable } from "./text/text-table.ts";

/** A check as text. */
export function describeCheck(check: ModelInspection, file: string, showValues: boolean): string {
  const { explainable, inputs, outputs, operators } = check;
  return [
    `${file}: ${explainable ? "can be explained" : "cannot be explained"}`,
    `  exported by  ${check.producer === "" ? "(not said)" : check.producer}`,
    `  operators    ${describeOpsets(check)}`,
    "",
    section("inputs", valueTable(inputs)),
    section("outputs", textTable(OUTPUT_COLUMNS, outputs.map(outputRow), "  ")),
    section(
      "operators",
      textTable(
        OPERATOR_COLUMNS,
        operators.map(({ op, domain, count, inSubgraphs, onPath, since, rule }) => [
          op,
          domain,
          String(count),
          inSubgraphs === 0 ? "" : String(inSubgraphs),
          String(onPath),
          String(since ?? ""),
          rule,
        ]),
        "  ",
      ),
    ),
    section("rectifiers", describeRectifiers(check)),
    section("layers for grad-cam and others", describeLayers(check.layers)),
    describeRows(check),
    describeWrt(check),
    showValues ? section("inner values for --wrt", valueTable(check.values)) : "",
  ]
    .filter((part) => part !== "")
    .join("\n")
    .concat("\n");
}

const OUTPUT_COLUMNS = [{ heading: "name" }, { heading: "type" }, { heading: "dims" }, { heading: "explained" }] as const;
const OPERATOR_COLUMNS = [
  { heading: "operator" },
  { heading: "domain" },
  { heading: "nodes", align: "right" },
  { heading: "in subgraphs", align: "right" },
  { heading: "on the way", align: "right" },
  { heading: "since", align: "right" },
  { heading: "rule" },
] as const;

function section(heading: string, text: string): string {
  return `${heading}\n${text}\n`;
}

function describeOpsets({ opset, gradientOpset, domains }: ModelInspection): string {
  const own = opset === null ? "no opset of ONNX" : opset === gradientOpset ? `opset ${opset}` : `opset ${opset}, raised to ${gradientOpset}`;
  return [own, ...Object.entries(domains).map(([domain, version]) => `${domain} ${version}`)].join(", ");
}

function valueTable(values: readonly InspectedValue[]): string {
  if (values.length === 0) return "  none";
  return textTable(
    [{ heading: "name" }, { heading: "type" }, { heading: "dims" }],
    values.map(({ name, type, dims }) => [name, type ?? "unknown", describeDims(dims)]),
    "  ",
  );
}

function outputRow({ name, type, dims, problem, logit, activation, instead }: InspectedOutput): readonly string[] {
  const score = logit === null ? "yes: its entries are the scores" : `yes: logit = "${logit}", probability = its ${activation}`;
  const why = noteInCliWords(problem ?? "");
  const reason = instead.length === 0 ? why : `${why}; ${instead.map((value) => `--output ${value}`).join(" or ")} can be explained`;
  return [name, type ?? "unknown", describeDims(dims), problem === null ? score : `no: ${reason}`];
}

function describeDims(dims: InspectedValue["dims"]): string {
  return dims === null ? "unknown" : formatDims(dims);
}

function describeRectifiers({ rectifiers }: ModelInspection): string {
  if (rectifiers.length === 0) return "  none: guided and deconvnet would be the plain gradient";
  return rectifiers.map(({ op, count, byDefault }) => `  ${count} ${op}${byDefault ? "" : `, only with --rectifiers ${op}`}`).join("\n");
}

/** Layers that more follow are listed from the end, where maps are taken. */
const MOST_LAYERS = 8;

/** The layers that `--method grad-cam@NAME` takes best, the one that it takes by itself first. */
export function describeLayers(layers: readonly { readonly name: string; readonly dims: InspectedValue["dims"] }[]): string {
  if (layers.length === 0) return "  none: every path to the score must pass a value with positions that meet behind it";
  const shown = layers.slice(-MOST_LAYERS).toReversed();
  const left = layers.length - shown.length;
  const table = textTable(
    [{ heading: "name" }, { heading: "dims" }, { heading: "" }],
    shown.map(({ name, dims }, n) => [name, describeDims(dims), n === 0 ? "taken by itself" : ""]),
    "  ",
  );
  return left === 0 ? table : `${table}\n  and ${left} nearer to the input`;
}

/** Rows of a batch that are no samples of their own must be explained one at a time. */
function describeRows({ outputs }: ModelInspection): string {
  const mixed = outputs.flatMap(({ name, mixesRows }) =>
    mixesRows === null ? [] : [`Rows of a batch depend on each other in "${name}", by node "${mixesRows}".`],
  );
  return mixed.map((line) => `${line}\n`).join("");
}

function describeWrt({ inputs, wrt }: ModelInspection): string {
  if (wrt.length === 0 || inputs.some(({ name }) => wrt.includes(name))) return "";
  return `No input is of a float type. Attribute to an inner value instead, such as --wrt ${wrt[0]}\n`;
}
