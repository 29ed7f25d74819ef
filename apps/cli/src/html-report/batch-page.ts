import { type BatchSummary, type ClassSummary, type DeltaSummary, type Manifest, type MeanMap, shardCount } from "@xdeep/batch";
import { type AttributionJSON, type Target, printable } from "@xdeep/core";

import type { FolderJob } from "../batch/folder-job.ts";
import type { RowFacts } from "../batch/row-facts.ts";
import { noteInCliWords } from "../cli-words.ts";
import { describeTarget } from "../print/describe-target.ts";
import { formatNumber, formatPercent } from "../print/text/format-number.ts";
import { plural } from "../print/text/plural.ts";
import { type Html, html, jsonForScript } from "./html.ts";
import { MOST_CLASSES } from "./map-detail.ts";
import { SIZE_CONTROLS, foldedFacts, framedPage, notices } from "./page-frame.ts";

const MOST_LABELS = 3;
const MOST_NOTES = 20;
/** Rows that failed alike and are named. */
const MOST_NAMES = 5;

/** The mean of |A| over the rows of a class, as the page shows it. */
export interface ShownMean {
  readonly map: MeanMap;
  readonly attribution: AttributionJSON;
  /** Of bars; null for pictures. */
  readonly names: readonly string[] | null;
}

/** What the jobs of shards say of how they explained. */
export interface BatchFacts {
  readonly manifest: Manifest;
  /** Null where the folder is not one of `xdeep explain`. */
  readonly job: FolderJob | null;
  /** Of the first row that was explained. */
  readonly row: RowFacts | null;
  /** What is approximate: the first note of each kind, and how many rows have one like it. */
  readonly notes: readonly { readonly text: string; readonly rows: number }[];
}

export interface BatchPageContent {
  /** The element `<xdeep-map>`, as one script. */
  readonly element: string;
  readonly command: readonly string[];
  readonly made: Date;
  readonly summary: BatchSummary;
  readonly facts: BatchFacts;
  readonly means: readonly ShownMean[];
}

/** The page about many inputs. */
export function batchPage({ summary, facts, means, ...page }: BatchPageContent): string {
  const { rows, explained, failed, shards } = summary;
  const model = facts.job === null ? "a model" : printable(facts.job.model.file);
  const notes = facts.notes.slice(0, MOST_NOTES).map((note) => `${noteInCliWords(note.text)} (So, or with other numbers, in ${plural(note.rows, "row")}.)`);
  const missing = shards.missing.length === 0 ? [] : [`${shards.missing.length} of ${shards.total} shards are not there yet: this page is about the others.`];
  return framedPage({
    ...page,
    title: `Why ${model} says what it says of ${plural(rows, "input")}`,
    head: [
      html`<p class="counts">
        <strong>${explained}</strong> of ${rows} explained${failed === 0 ? "" : html`, <strong>${failed}</strong> failed`}, ${summary.classes.length}
        ${summary.classes.length === 1 ? "class" : "classes"}
      </p>`,
      notices("To know before you trust it", [...missing, ...notes]),
    ],
    main: [classes(summary), deltas(summary), meanMaps(means, summary), failures(summary), provenance(facts, summary)],
    foot: "Attributions in full are in the shards. When xdeep explain is done, the mean maps are in means/ and these counts in summary.json.",
  });
}

function nameOf({ target, name }: { readonly target: Target; readonly name: string | null }): string {
  return name === null ? `entry ${describeTarget(target)}` : printable(name);
}

function classes({ classes: found, explained }: BatchSummary): Html | null {
  if (found.length === 0) return null;
  const shown = found.slice(0, MOST_CLASSES);
  const hasLabels = shown.some(({ labels }) => Object.keys(labels).length > 0);
  return html`<section class="input" id="classes">
    <h2>What was explained</h2>
    <div class="scroll">
      <table class="classes">
        <thead>
          <tr>
            <th scope="col">class</th>
            <th scope="col"></th>
            <th scope="col">rows</th>
            <th scope="col">share</th>
            <th scope="col">mean score</th>
            ${hasLabels ? html`<th scope="col" class="words">labelled</th>` : null}
          </tr>
        </thead>
        <tbody>
          ${shown.map((each) => classRow(each, { explained, most: shown[0]!.rows, hasLabels }))}
        </tbody>
      </table>
    </div>
    ${found.length > shown.length ? html`<p class="soft">${found.length - shown.length} more are in summary.json.</p>` : null}
  </section>`;
}

function classRow(
  { target, name, rows, meanScore, labels }: ClassSummary,
  { explained, most, hasLabels }: { readonly explained: number; readonly most: number; readonly hasLabels: boolean },
): Html {
  const known = Object.entries(labels);
  const listed = known.slice(0, MOST_LABELS).map(([label, count]) => `${printable(label)} ${count}`);
  const more = known.length > MOST_LABELS ? [`${known.length - MOST_LABELS} more`] : [];
  return html`<tr>
    <th scope="row">${nameOf({ target, name })}${name === null ? null : html` <small>${describeTarget(target)}</small>`}</th>
    <td class="bar"><meter min="0" max="${most}" value="${rows}" aria-hidden="true"></meter></td>
    <td>${rows}</td>
    <td>${formatPercent(rows / explained)}</td>
    <td>${formatNumber(meanScore)}</td>
    ${hasLabels ? html`<td class="words">${[...listed, ...more].join(", ")}</td>` : null}
  </tr>`;
}

function deltas({ deltas: found }: BatchSummary): Html | null {
  const methods = Object.entries(found);
  if (methods.length === 0) return null;
  return html`<section class="input" id="deltas">
    <h2>How far attributions are from adding up</h2>
    <p class="soft">|delta| is what Σ attribution misses of F(x) − F(baseline), in units of the score. More steps or a tolerance bring it down.</p>
    ${methods.map(([name, delta]) => deltasOf(name, delta))}
  </section>`;
}

function deltasOf(name: string, { median, p90, max, histogram, worst }: DeltaSummary): Html {
  const most = histogram.reduce((largest, { count }) => Math.max(largest, count), 1);
  return html`<h3>${printable(name)}</h3>
    <p>median ${formatNumber(median)}, 90% below ${formatNumber(p90)}, largest ${formatNumber(max)}</p>
    <div class="pair">
      <table>
        <caption>
          rows by |delta|
        </caption>
        <tbody>
          ${histogram.map(
            ({ from, to, count }) =>
              html`<tr>
                <th scope="row">${to === 0 ? "0" : `${formatNumber(from)} – ${formatNumber(to)}`}</th>
                <td class="bar"><meter min="0" max="${most}" value="${count}" aria-hidden="true"></meter></td>
                <td>${count}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      <div class="scroll">
        <table>
          <caption>
            the largest
          </caption>
          <thead>
            <tr>
              <th scope="col">input</th>
              <th scope="col" class="words">class</th>
              <th scope="col">score</th>
              <th scope="col">delta</th>
            </tr>
          </thead>
          <tbody>
            ${worst.map(
              (row) =>
                html`<tr>
                  <th scope="row">${printable(row.name)}</th>
                  <td class="words">${nameOf({ target: row.target, name: row.targetName })}</td>
                  <td>${formatNumber(row.score)}</td>
                  <td>${formatNumber(row.delta)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </div>`;
}

function meanMaps(means: readonly ShownMean[], { classes: all }: BatchSummary): Html | null {
  if (means.length === 0) return null;
  const values = [...new Set(means.map(({ map }) => map.value))];
  const shown = Math.max(...values.map((value) => means.filter(({ map }) => map.value === value).length));
  return html`<section class="input" id="means">
    <h2>Where each class is found <small>means of |attribution| over its rows</small></h2>
    <p class="soft">
      ${shown < all.length ? `The ${shown} most frequent of ${all.length} classes. ` : null}Each map has a scale of its own: colours say where, not how much.
      <span class="hint">Point at one map, and all of its method answer; arrow keys and Page Down work too.</span>
    </p>
    ${SIZE_CONTROLS}
    ${values.map(
      (value) =>
        html`${values.length === 1 ? null : html`<h3>${printable(value)}</h3>`}
          <div class="maps small">${means.filter(({ map }) => map.value === value).map((mean) => meanMap(mean))}</div>`,
    )}
  </section>`;
}

function meanMap({ map, attribution, names }: ShownMean): Html {
  const kind = names === null ? html`unit="share"` : html`names="${JSON.stringify(names)}" kind="bars"`;
  return html`<article>
    <xdeep-map caption="${nameOf(map)} · ${plural(map.rows, "row")}" group="${map.value}" ${kind}
      ><script type="application/json">
        ${jsonForScript(attribution)}
      </script></xdeep-map
    >
  </article>`;
}

function failures({ failures: listed, failed, errors }: BatchSummary): Html | null {
  if (failed === 0) return null;
  return html`<section class="input" id="failed">
    <h2>What failed</h2>
    <p>${Object.entries(errors).map(([code, count]) => html`${count} with <code>${code}</code>. `)}</p>
    <ul class="failed">
      ${bySaying(listed).map(([first, names]) => html`<li><strong>${named(names)}</strong>: ${printable(noteInCliWords(first.message))} [${first.code}]</li>`)}
    </ul>
    ${failed > listed.length ? html`<p class="soft">The first ${listed.length} of ${failed}; the shards have all of them.</p>` : null}
  </section>`;
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map(printable).join(", ");
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

/** Rows of which the same is said, each with the names of all. */
function bySaying(failures: BatchSummary["failures"]): readonly (readonly [BatchSummary["failures"][number], readonly string[]])[] {
  const groups = new Map<string, [BatchSummary["failures"][number], string[]]>();
  for (const failure of failures) {
    const key = `${failure.code} ${failure.message}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [failure, [failure.name]]);
    else group[1].push(failure.name);
  }
  return [...groups.values()];
}

function provenance({ manifest, job, row }: BatchFacts, { provenance: said }: BatchSummary): Html {
  const { id, source, rows, shardSize, shardFormat } = manifest;
  const shards = `${plural(shardCount(manifest), "shard")} of ${shardSize} (${shardFormat})`;
  const inputs = source.kind === "files" ? `${plural(rows, "file")}, SHA-256 of the list ${source.sha256}` : `${source.file}, SHA-256 ${source.sha256}`;
  const pictures = job?.pictures?.plan ?? null;
  const facts: readonly (readonly [string, string])[] = [
    ["job", `${id}, ${shards}`],
    ["inputs", inputs],
    ...(job === null
      ? [["what is done", JSON.stringify(manifest.job)] as const]
      : [
          ["model", `${job.model.file}, SHA-256 ${job.model.sha256}`] as const,
          ...job.model.weights.map((sha256) => ["weights", `SHA-256 ${sha256}`] as const),
          ["engine", `${job.engine}, backend ${job.backend}`] as const,
          ["options", JSON.stringify(job.flags)] as const,
          ...Object.entries(job.files).map(([file, sha256]) => ["file", `${file}, SHA-256 ${sha256}`] as const),
        ]),
    ...(pictures === null ? [] : [["preprocessing", JSON.stringify(pictures.preprocessing)] as const]),
    ...(pictures === null || pictures.guess === null ? [] : [["guessed", pictures.guess.values.join(", ")] as const]),
    ...Object.entries(row?.methods ?? {}).map(([name, { method }]) => [name, JSON.stringify(method)] as const),
    ...said.map((each) => ["explained by", JSON.stringify(each)] as const),
  ];
  return foldedFacts("Where it comes from", facts);
}
