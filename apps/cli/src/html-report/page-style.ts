/** The look of a report, on a screen and on paper. */
export const PAGE_STYLE: string = `
:root { color-scheme: light dark; --text: light-dark(#1c1f24, #e6e8eb); --soft: light-dark(#59606b, #a5adb8); --line: light-dark(#d6d9de, #3a3f47); --page: light-dark(#fff, #15171a); --accent: light-dark(#0b57b0, #7db4ff); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 100rem; padding: 1.25rem clamp(0.75rem, 3vw, 2.5rem) 3rem; background: var(--page); color: var(--text); font: 0.9375rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 0.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.125rem; margin: 0 0 0.75rem; overflow-wrap: anywhere; }
h2 small { font-weight: 400; color: var(--soft); }
h3 { font-size: 1rem; margin: 1rem 0 0.5rem; }
p { margin: 0.25rem 0; max-width: 75ch; }
.soft, caption, dt { color: var(--soft); }
.command { margin: 0.25rem 0 1rem; padding: 0.5rem 0.75rem; border: 1px solid var(--line); border-radius: 4px; white-space: pre-wrap; overflow-wrap: anywhere; font: 0.8125rem/1.5 ui-monospace, monospace; }
.notices { border-left: 3px solid light-dark(#b35806, #fdb863); padding-left: 0.75rem; margin: 1rem 0; }
.notices h2 { font-size: 1rem; margin: 0; }
.notices ul { margin: 0.25rem 0; padding-left: 1.1rem; overflow-wrap: anywhere; }
.controls { display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem; margin: 1rem 0 0.5rem; }
.controls label { display: flex; align-items: center; gap: 0.5rem; }
.controls output { min-width: 2.5em; font-variant-numeric: tabular-nums; }
.controls :is(input, select) { accent-color: var(--accent); font: inherit; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.input { border-top: 1px solid var(--line); padding: 1.25rem 0; margin-top: 1.25rem; }
.row { display: grid; grid-template-columns: minmax(14rem, 18rem) 1fr; gap: 1.25rem 1.5rem; align-items: start; }
.maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 16rem), 1fr)); gap: 1.25rem; align-items: start; }
.maps.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 11rem), 1fr)); }
.seen img { display: block; width: 100%; height: auto; border-radius: 3px; margin-bottom: 0.5rem; }
.seen img[width="28"] { image-rendering: pixelated; }
table { border-collapse: collapse; width: 100%; font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: 0.125rem; overflow-wrap: anywhere; }
th { font-weight: 400; text-align: left; overflow-wrap: anywhere; }
td { text-align: right; padding: 0.125rem 0 0.125rem 0.5rem; }
td.bar { width: 30%; }
.measures { margin-top: 0.5rem; }
.measures small { color: var(--soft); }
meter::-webkit-meter-optimum-value { background: var(--accent); }
meter::-moz-meter-bar { background: var(--accent); }
meter { width: 100%; height: 0.7rem; vertical-align: middle; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0 0.75rem; margin: 0.5rem 0 0; font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
dd { margin: 0; overflow-wrap: anywhere; }
.counts { font-size: 1.0625rem; }
.pair { display: grid; grid-template-columns: minmax(14rem, 22rem) minmax(0, 1fr); gap: 1.25rem 2.5rem; align-items: start; }
.failed { padding-left: 1.1rem; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
.classes { max-width: 60rem; }
thead th { color: var(--soft); text-align: right; padding-left: 0.5rem; white-space: nowrap; }
thead th:first-child { text-align: left; padding-left: 0; }
.words, thead th.words { text-align: left; padding-left: 1rem; overflow-wrap: anywhere; }
tbody th small { color: var(--soft); }
.wide { gap: 0.25rem 1rem; }
details { margin-top: 1rem; }
summary { cursor: pointer; color: var(--accent); width: fit-content; }
@media (max-width: 40rem) { .pair { grid-template-columns: 1fr; } .row { grid-template-columns: 1fr; } .seen { display: grid; grid-template-columns: 1fr 1fr; gap: 0.75rem; align-items: start; } .wide { grid-template-columns: 1fr; } .wide dd { margin-bottom: 0.375rem; } .maps { grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 0.75rem; } }
@media print { :root { color-scheme: light; } body { padding: 0; max-width: none; font-size: 9.5pt; } .controls, .hint, details:not([open]) { display: none; } .row { grid-template-columns: 10rem 1fr; } .maps { grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); }
  article, .seen, .notices, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } }
`;
