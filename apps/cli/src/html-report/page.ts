import { printable } from "@xdeep/core";
import { actsOnRectifiers } from "@xdeep/core/method";

import type { ExplanationRecord } from "../explain/explanation.ts";
import { type Failure, subjectOf } from "../explain/report.ts";
import { describeTarget } from "../print/describe-target.ts";
import { formatDims, formatNumber, formatPercent, formatProbability } from "../print/text/format-number.ts";
import { measureText } from "../print/text/measure-text.ts";
import { noteInCliWords } from "../cli-words.ts";
import { shownTarget } from "../explain/targets/target-flag.ts";
import { nameOfMap } from "../print/name-of-map.ts";
import type { ReportInput, ReportMap, ReportRow } from "./report-input.ts";
import { type Html, html, jsonForScript } from "./html.ts";
import { MAP_CONTROLS, foldedFacts, framedPage, notices } from "./page-frame.ts";

/** Narrower pictures show their pixels as squares. */
const COARSE = 100;

export interface ReportContent {
  /** The element `<xdeep-map>`, as one script. */
  readonly element: string;
  readonly inputs: readonly ReportInput[];
  readonly command: readonly string[];
  readonly made: Date;
  readonly warnings: readonly string[];
  readonly failures: readonly Failure[];
}

/** The page of a run. */
export function reportPage({ inputs, warnings, failures, ...page }: ReportContent): string {
  const models = [...new Set(inputs.map(({ rows }) => rows[0]!.methods[0]!.record.model.file))];
  return framedPage({
    ...page,
    title: `Why ${models.map(printable).join(", ")} says what it says`,
    head: [
      notices(
        "Failed",
        failures.map((failure) => `${subjectOf(failure)}: ${failure.error.message} [${failure.error.code}]`),
      ),
      notices("To know before you trust it", warnings),
      MAP_CONTROLS,
      LEGEND,
    ],
    main: inputs.map(inputSection),
    foot: "The numbers in full are in the .npy files, and all that is needed to make them again in the .json files beside them.",
  });
}

const LEGEND = html`<p class="soft">
  Maps of one input share one scale, coarse ones like Grad-CAM's another: each value is a share of its map's sum of all |values|, and equal colours are equal
  shares.
  <span class="hint">Point at one map, and all of the input answer; arrow keys and Page Down work too.</span>
</p>`;

function inputSection(input: ReportInput, n: number): Html {
  const { record } = input.rows[0]!.methods[0]!;
  return html`<section class="input" id="input-${n}">
    <h2>${printable(record.input.file)} <small>${printable(record.model.file)}</small></h2>
    ${input.rows.map((row) => rowBlock(row, input, `${n}.${row.row}`))}
    ${input.left === 0 ? null : html`<p class="soft">${input.left} more rows are in the files.</p>`} ${provenance(input.rows[0]!.methods)}
  </section>`;
}

function rowBlock({ row, methods }: ReportRow, { picture, rows, left }: ReportInput, group: string): Html {
  const { record } = methods[0]!;
  const heading = rows.length + left === 1 ? null : html`<h3>row ${row}</h3>`;
  const image =
    picture === null
      ? null
      : html`<img
          id="seen-${group}"
          class="${picture.width < COARSE ? "small" : ""}"
          src="${picture.url}"
          width="${picture.width}"
          height="${picture.height}"
          alt="what the model saw of ${printable(record.input.file)}"
        />`;
  return html`${heading}
    <div class="row">
      <div class="seen">${image}${topTable(record, row)}</div>
      <div class="maps">
        ${methods.map((method) => method.maps.map((map) => mapBlock(map, method.record, row, { picture, group, name: nameIn(methods, method.record), isOne: method.maps.length === 1 })))}
      </div>
    </div>`;
}

function topTable({ output, entries, rows }: ExplanationRecord, row: number): Html {
  const isProbability = entries === "probabilities" || entries === "sigmoid-probabilities";
  const lines = rows[row]!.top.map(({ target, name, value }) => {
    const bar = isProbability ? html`<td class="bar"><meter min="0" max="1" value="${Math.min(1, Math.max(0, value))}" aria-hidden="true"></meter></td>` : null;
    return html`<tr>
      <th scope="row">${name === null ? `entry ${describeTarget(target)}` : printable(name)}</th>
      ${bar}
      <td>${isProbability ? formatProbability(value) : formatNumber(value)}</td>
    </tr>`;
  });
  return html`<table>
    <caption>
      highest of ${printable(output)} (${entries.replace("-", " ")})
    </caption>
    <tbody>
      ${lines}
    </tbody>
  </table>`;
}

interface Place {
  readonly picture: ReportInput["picture"];
  readonly group: string;
  /** Of the method, and of the target where there are several. */
  readonly name: string;
  readonly isOne: boolean;
}

function mapBlock(
  { value, attribution, isOver, names, kind }: ReportMap,
  record: ExplanationRecord,
  row: number,
  { picture, group, name: method, isOne }: Place,
): Html {
  const { target, name, score, convergence } = record.rows[row]!;
  const caption = `${method}${isOne ? "" : ` · ${printable(value)}`}`;
  const image = isOver && picture !== null ? html`<img data-of="seen-${group}" alt="" />` : null;
  const shown = names === null ? html`scale="group" unit="share" blur="${blurOf(attribution.values)}"` : html`names="${JSON.stringify(names)}" kind="${kind}"`;
  const facts: readonly (readonly [string, string])[] = [
    ["why", name === null ? `entry ${describeTarget(target)}` : `${printable(name)} (${describeTarget(target)})`],
    [record.entries === "scores" ? "score" : record.score, formatNumber(score)],
    ...(convergence === undefined ? [] : [["delta", deltaText(convergence)] as const]),
    ...(!actsOnRectifiers(record.rule) ? [] : [["rectifiers", String(record.rectifiers)] as const]),
    ...[...record.notes, ...measureNotes(record)].map((note) => ["note", noteInCliWords(note)] as const),
  ];
  return html`<article>
    <xdeep-map caption="${caption}" group="${group}" ${shown}
      >${image}<script type="application/json">
        ${jsonForScript(attribution)}
      </script></xdeep-map
    >
    ${measureTable(record, row)}
    <dl>
      ${facts.map(
        ([term, text]) =>
          html`<dt>${term}</dt>
            <dd>${printable(text)}</dd>`,
      )}
    </dl>
  </article>`;
}

/** What the measures say of the row, with the direction that speaks for the map. */
function measureTable({ measures = {} }: ExplanationRecord, row: number): Html | null {
  const lines = Object.entries(measures);
  if (lines.length === 0) return null;
  return html`<table class="measures">
    <caption>
      measures
    </caption>
    <tbody>
      ${lines.map(
        ([name, { better, values }]) =>
          html`<tr>
            <th scope="row">${printable(name)} <small>${better} is better</small></th>
            <td>${measureText(values[row]!)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function measureNotes({ measures = {} }: ExplanationRecord): readonly string[] {
  return Object.entries(measures).flatMap(([name, { notes = [] }]) => notes.map((note) => `${name}: ${note}`));
}

/** A hundredth of the side, as overlays have. */
function blurOf(values: ReportMap["attribution"]["values"]): string {
  const dims = values.dims as readonly number[];
  return (Math.max(dims[2]!, dims[3]!) / 100).toFixed(2);
}

function deltaText({ delta, difference, share }: NonNullable<ExplanationRecord["rows"][number]["convergence"]>): string {
  return `${formatNumber(delta)}${share === null ? "" : `, ${formatPercent(share)} of F(x) − F(baseline) = ${formatNumber(difference)}`}`;
}

/** A method by its name, with the target where several are compared. */
function nameIn(methods: ReportRow["methods"], { name, asked, rows }: ExplanationRecord): string {
  const isCompared = new Set(methods.map(({ record }) => record.asked)).size > 1;
  return printable(isCompared && asked !== null ? nameOfMap(name, shownTarget(asked, rows[0]!.name)) : name);
}

function provenance(methods: ReportRow["methods"]): Html {
  const { model, input, versions } = methods[0]!.record;
  const facts: readonly (readonly [string, string])[] = [
    ["model", `${model.file}, SHA-256 ${model.sha256}`],
    ...model.weightFiles.map(({ file, sha256 }) => ["weights", `${file}, SHA-256 ${sha256}`] as const),
    ["engine", `${model.engine}, backend ${model.backend}`],
    ["input", `${input.file}, SHA-256 ${input.sha256}, fed as ${input.input} ${formatDims(input.dims)}`],
    ...(input.picture === null ? [] : [["preprocessing", JSON.stringify(input.picture.preprocessing)] as const]),
    ...(input.picture === null || input.picture.guessed.length === 0 ? [] : [["guessed", input.picture.guessed.join(", ")] as const]),
    ...methods.map(({ record }) => [nameIn(methods, record), JSON.stringify(record.method)] as const),
    [
      "versions",
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    ],
  ];
  return foldedFacts("Where it comes from", facts);
}
