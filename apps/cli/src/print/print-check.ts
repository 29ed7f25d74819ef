import { formatDims } from "./format-number.ts";
import type { CheckedOutput, CheckedValue, ModelCheck } from "../model-check.ts";
import { textTable } from "./text-table.ts";

/** A check as text. */
export function describeCheck(check: ModelCheck, file: string, showValues: boolean): string {
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
        operators.map(({ op, domain, count, onPath, since, rule }) => [op, domain, String(count), String(onPath), String(since ?? ""), rule]),
        "  ",
      ),
    ),
    section("rectifiers", describeRectifiers(check)),
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
  { heading: "on the way", align: "right" },
  { heading: "since", align: "right" },
  { heading: "rule" },
] as const;

function section(heading: string, text: string): string {
  return `${heading}\n${text}\n`;
}

function describeOpsets({ opset, gradientOpset, domains }: ModelCheck): string {
  const own = opset === null ? "no opset of ONNX" : opset === gradientOpset ? `opset ${opset}` : `opset ${opset}, raised to ${gradientOpset}`;
  return [own, ...Object.entries(domains).map(([domain, version]) => `${domain} ${version}`)].join(", ");
}

function valueTable(values: readonly CheckedValue[]): string {
  if (values.length === 0) return "  none";
  return textTable(
    [{ heading: "name" }, { heading: "type" }, { heading: "dims" }],
    values.map(({ name, type, dims }) => [name, type ?? "unknown", describeDims(dims)]),
    "  ",
  );
}

function outputRow({ name, type, dims, problem, logit, activation }: CheckedOutput): readonly string[] {
  const score = logit === null ? "yes: its entries are the scores" : `yes: logit = "${logit}", probability = its ${activation}`;
  return [name, type ?? "unknown", describeDims(dims), problem === null ? score : `no: ${problem}`];
}

function describeDims(dims: CheckedValue["dims"]): string {
  return dims === null ? "unknown" : formatDims(dims);
}

function describeRectifiers({ rectifiers }: ModelCheck): string {
  if (rectifiers.length === 0) return "  none: guided and deconvnet would be the plain gradient";
  return rectifiers.map(({ op, count, byDefault }) => `  ${count} ${op}${byDefault ? "" : `, only with --rectifiers ${op}`}`).join("\n");
}

function describeWrt({ inputs, wrt }: ModelCheck): string {
  if (wrt.length === 0 || inputs.some(({ name }) => wrt.includes(name))) return "";
  return `No input is of a float type. Attribute to an inner value instead, such as --wrt ${wrt[0]}\n`;
}
