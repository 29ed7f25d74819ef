import { AGAINST, DIVERGING, FOR, SEQUENTIAL } from "../view/color-scale.ts";

/** The look of the element. Pages change it by `--xdeep-…` properties and by `::part`. */
export const STYLE: string = `
:host { display: block; container-type: inline-size; font: 0.8125rem/1.4 system-ui, sans-serif; color: var(--xdeep-text, light-dark(#1c1f24, #e6e8eb));
  --line: var(--xdeep-line, light-dark(#d6d9de, #3a3f47)); --soft: var(--xdeep-soft, light-dark(#59606b, #a5adb8)); --accent: var(--xdeep-accent, light-dark(#0b57b0, #7db4ff)); }
:host([hidden]), [hidden] { display: none !important; }
figure { margin: 0; display: grid; gap: 0.375rem; }
figcaption { font-weight: 600; overflow-wrap: anywhere; }
.stage { position: relative; overflow: hidden; line-height: 0; border-radius: 3px; background: light-dark(#f0f1f3, #22252a); cursor: crosshair; touch-action: pan-y; }
.stage:focus-visible, summary:focus-visible, tr:focus-visible, .words span:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.picture, .map, ::slotted(img) { width: 100%; height: 100%; position: absolute; inset: 0; object-fit: fill; }
.picture, ::slotted(img) { filter: saturate(0.3); }
.map.coarse, .stage.coarse > .picture, .stage.coarse ::slotted(img) { image-rendering: pixelated; }
.cursor { position: absolute; box-sizing: border-box; min-width: 7px; min-height: 7px; translate: -50% -50%; border: 1px solid #fff; outline: 1px solid #000; pointer-events: none; }
.readout { min-height: 1.4em; color: var(--soft); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.legend { display: grid; grid-template-columns: 1fr auto; gap: 0.125rem 0.5rem; font-variant-numeric: tabular-nums; }
.ramp { grid-column: 1 / -1; height: 0.5rem; border-radius: 2px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.signed .ramp { background: linear-gradient(to right, ${DIVERGING.join()}); }
.unsigned .ramp { background: linear-gradient(to right, ${SEQUENTIAL.join()}); }
.legend .note { grid-column: 1 / -1; color: var(--soft); font-size: 0.75rem; }
.controls { display: grid; grid-template-columns: auto 1fr 3.5em; gap: 0.25rem 0.5rem; align-items: center; }
.controls input, .controls select { width: 100%; margin: 0; accent-color: var(--accent); font: inherit; }
.controls select { grid-column: 2 / -1; }
.controls output { text-align: right; font-variant-numeric: tabular-nums; }
.words { line-height: 2; overflow-wrap: anywhere; }
.words span { padding: 0.15em 0.1em; border-radius: 3px; white-space: pre-wrap; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.words span.at, tr.at > * { box-shadow: inset 0 -2px var(--accent); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: 0.375rem 0 0.125rem; }
th, td { padding: 0.125rem 0.375rem; border-bottom: 1px solid var(--line); text-align: right; font-weight: inherit; white-space: nowrap; }
th:first-child { text-align: left; min-width: 3em; white-space: normal; overflow-wrap: break-word; }
thead th { color: var(--soft); }
td.bar { width: 35%; min-width: 3rem; padding-inline: 0; background: linear-gradient(var(--line), var(--line)) 50% 0 / 1px 100% no-repeat; }
td.bar div { height: 0.75rem; border-radius: 2px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
td.bar .for { background: ${FOR}; margin-left: 50%; }
td.bar .against { background: ${AGAINST}; margin-right: 50%; margin-left: auto; }
@container (max-width: 15rem) { .bars tr > :nth-child(4) { display: none; } }
summary { cursor: pointer; color: var(--accent); width: fit-content; }
.problem { padding: 0.5rem; border: 1px solid currentColor; border-radius: 3px; overflow-wrap: anywhere; color: light-dark(#a4161a, #ff9a9a); }
@media print { .readout, .controls, details:not([open]), .cursor { display: none; } figure { break-inside: avoid; } }
`;
