import { darkColours, lightColours } from "./figures/palette.ts";

/** Of every page: from a phone's width to paper. Colours are named once for both lights, and pictures use their names. */
export const style = `
:root { color-scheme: light dark; ${lightColours} }
@media screen and (prefers-color-scheme: dark) { :root { ${darkColours} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; -webkit-text-size-adjust: 100%; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 24px 64px; background: var(--paper); }
h1 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 12px; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 44px 0 4px; }
h3 { font-size: 1rem; margin: 0; }
p { margin: 4px 0 12px; color: var(--soft); max-width: 75ch; overflow-wrap: anywhere; }
.verdict { border-left: 5px solid var(--c1); padding: 4px 14px; }
.verdict p { margin: 0; color: var(--ink); font-size: 1.2rem; }
.verdict .detail { margin-top: 6px; font-size: 1rem; }
.verdict.good { border-color: var(--c3); }
.verdict.bad { border-color: var(--c10); }
.content { display: flex; flex-wrap: wrap; gap: 20px 32px; align-items: flex-start; }
.content > * { min-width: 0; max-width: 100%; }
figure { margin: 0; width: 490px; }
figure svg { display: block; width: 100%; height: auto; overflow: visible; }
figure svg text { font-family: system-ui, sans-serif; }
figcaption { color: var(--soft); font-size: .9rem; margin-top: 4px; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); font-size: .9rem; padding: 4px 0; }
th, td { padding: 5px 16px 5px 0; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; white-space: nowrap; font-weight: 400; unicode-bidi: isolate; }
th:last-child, td:last-child { padding-right: 0; }
th:first-child, .prose { text-align: left; white-space: normal; overflow-wrap: anywhere; }
th:first-child { min-width: 6.2rem; }
td.prose { min-width: 8rem; }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
.note { display: block; color: var(--soft); font-size: .85rem; }
pre { background: var(--ground); padding: 12px 16px; margin: 0; width: 100%; font-size: .9rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.flag { white-space: nowrap; }
.steps { margin: 0; padding-left: 1.6rem; width: 100%; }
.steps li { margin: 0 0 20px; }
.steps li::marker { font-weight: 700; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; list-style: none; margin: 0; padding: 0; width: 100%; }
.legend li { overflow-wrap: anywhere; unicode-bidi: isolate; }
.legend span { display: inline-block; width: 1.3em; }
details { width: 100%; }
summary { cursor: pointer; color: var(--soft); padding: 4px 0; }
:focus-visible { outline: 3px solid var(--c1); outline-offset: 2px; }
@media (max-width: 600px) {
  main { padding: 20px 16px 48px; }
  th, td { padding-right: 8px; font-size: .92rem; }
  th, .note { white-space: normal; }
  pre { padding: 10px 12px; }
}
@media print {
  body, main { background: none; }
  main { max-width: none; padding: 0; }
  figure, tr, .steps li, pre { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  figure { width: 48%; }
}
`;
