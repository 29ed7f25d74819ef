import { createHash } from "node:crypto";

import { printable } from "@xdeep/core";

import { VERSION } from "../version.ts";
import { type Html, html } from "./html.ts";
import { PAGE_SCRIPT } from "./page-script.ts";
import { PAGE_STYLE } from "./page-style.ts";

export interface PageParts {
  /** The element `<xdeep-map>`, as one script. */
  readonly element: string;
  readonly title: string;
  /** That made the page, without the program's own name. */
  readonly command: readonly string[];
  readonly made: Date;
  /** What stands under the command. */
  readonly head: readonly (Html | null)[];
  readonly main: readonly (Html | null)[];
  readonly foot: string;
}

/** A page that stands alone. Nothing is loaded from anywhere, and no script runs but the two that are in it: the policy names their hashes. */
export function framedPage({ element, title, command, made, head, main, foot }: PageParts): string {
  const scripts = [PAGE_SCRIPT, element];
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ${scripts.map((script) => `'sha256-${hash(script)}'`).join(" ")}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="generator" content="xdeep ${VERSION}" />
        <title>${title}</title>
        <style>
          ${{ html: PAGE_STYLE }}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p>Made ${made.toISOString().slice(0, 16).replace("T", " ")} UTC by</p>
          <pre class="command"><code>xdeep ${command.map(shellWord).join(" ")}</code></pre>
          ${head}
        </header>
        <main>${main}</main>
        <footer>
          <p class="soft">${foot}</p>
        </footer>
        ${{ html: scripts.map((script) => `<script>${script}</script>`).join("\n") }}
      </body>
    </html> `.html;
}

function hash(script: string): string {
  return createHash("sha256").update(script).digest("base64");
}

/** As a POSIX shell takes it back. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${printable(word).replaceAll("'", "'\\''")}'`;
}

/** A list of what should not be missed; nothing where it is empty. */
export function notices(heading: string, texts: readonly string[]): Html | null {
  return texts.length === 0
    ? null
    : html`<section class="notices">
        <h2>${heading}</h2>
        <ul>
          ${texts.map((text) => html`<li>${printable(text)}</li>`)}
        </ul>
      </section>`;
}

/** A list of terms that opens on demand. */
export function foldedFacts(summary: string, facts: readonly (readonly [string, string])[]): Html {
  return html`<details>
    <summary>${summary}</summary>
    <dl class="wide">
      ${facts.map(
        ([term, text]) =>
          html`<dt>${printable(term)}</dt>
            <dd>${printable(text)}</dd>`,
      )}
    </dl>
  </details>`;
}

const PERCENTILE = html`<label
  >percentile <input id="percentile" type="range" min="80" max="100" step="0.5" value="99" /><output for="percentile">99</output></label
>`;

/** Of maps that lie over pictures and have two signs: how all of them are drawn. */
export const MAP_CONTROLS: Html = html`<form class="controls" aria-label="How maps are drawn">
  <label
    >values
    <select id="sign">
      <option value="unsigned">how much</option>
      <option value="signed">for and against</option>
    </select></label
  >
  ${PERCENTILE}
  <label>opacity <input id="opacity" type="range" min="0" max="1" step="0.05" value="0.75" /><output for="opacity">0.75</output></label>
</form>`;

/** Of maps of |values| alone. */
export const SIZE_CONTROLS: Html = html`<form class="controls" aria-label="How maps are drawn">${PERCENTILE}</form>`;
