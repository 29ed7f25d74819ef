import { STYLE } from "./element-style.ts";

/** What the element is made of. Only constants are parsed as HTML; texts of users are set as text. */
const SKELETON = `<figure part="figure">
<figcaption id="caption" part="caption"></figcaption>
<div class="problem" role="alert" hidden></div>
<div class="stage" part="stage" tabindex="0" role="group" aria-roledescription="attribution map" aria-describedby="readout">
<canvas class="picture" hidden></canvas><slot></slot><canvas class="map"></canvas><div class="cursor" hidden></div></div>
<div class="words" part="words" hidden></div>
<div class="bars" part="bars" hidden></div>
<div class="readout" id="readout" part="readout"></div>
<div class="legend" part="legend"><div class="ramp"></div><span class="low"></span><span class="high"></span><span class="note">share of the sum of all |values|</span></div>
<div class="controls" part="controls" hidden>
<label for="sign">values</label><select id="sign"><option value="unsigned">how much</option><option value="signed">for and against</option></select>
<label for="percentile">percentile</label><input id="percentile" type="range" min="50" max="100" step="0.5"><output for="percentile"></output>
<label for="opacity">opacity</label><input id="opacity" type="range" min="0" max="1" step="0.05"><output for="opacity"></output>
</div>
<details part="table"><summary>Table</summary><div class="tables"></div></details>
</figure>`;

export interface Parts {
  readonly caption: HTMLElement;
  readonly problem: HTMLElement;
  readonly stage: HTMLElement;
  readonly picture: HTMLCanvasElement;
  readonly slot: HTMLSlotElement;
  readonly map: HTMLCanvasElement;
  readonly cursor: HTMLElement;
  readonly words: HTMLElement;
  readonly bars: HTMLElement;
  readonly readout: HTMLElement;
  readonly legend: HTMLElement;
  readonly low: HTMLElement;
  readonly high: HTMLElement;
  readonly note: HTMLElement;
  readonly controls: HTMLElement;
  readonly sign: HTMLSelectElement;
  readonly percentile: HTMLInputElement;
  readonly opacity: HTMLInputElement;
  readonly details: HTMLDetailsElement;
  readonly tables: HTMLElement;
}

/** Where each part is. */
const SELECTORS: Readonly<Record<keyof Parts, string>> = {
  caption: "figcaption",
  problem: ".problem",
  stage: ".stage",
  picture: ".picture",
  slot: "slot",
  map: ".map",
  cursor: ".cursor",
  words: ".words",
  bars: ".bars",
  readout: ".readout",
  legend: ".legend",
  low: ".low",
  high: ".high",
  note: ".note",
  controls: ".controls",
  sign: "#sign",
  percentile: "#percentile",
  opacity: "#opacity",
  details: "details",
  tables: ".tables",
};

let sheet: CSSStyleSheet | undefined;

export function createParts(root: ShadowRoot): Parts {
  sheet ??= new CSSStyleSheet();
  if (sheet.cssRules.length === 0) sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  root.innerHTML = SKELETON;
  return Object.fromEntries(Object.entries(SELECTORS).map(([name, selector]) => [name, root.querySelector(selector)])) as unknown as Parts;
}
