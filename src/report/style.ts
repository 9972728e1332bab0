/** The style sheet of the page: one column to read, charts in a grid that folds on a phone, light and dark by preference. */
export const style: string = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfb; --ink: #1d2328; --soft: #59636e; --rule: #dcdfe3; --tint: #f2f4f5; --accent: #0a5fa0;
  --series-0: #0072b2; --series-1: #c25400; --series-2: #00805b; --series-3: #b3568f; --series-4: #8a6d00; --series-5: #3f8fc4;
  --hill: #b5651d; --valley: #2b6ca3; --warn: #8a4b00; --warn-tint: #fff3df;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181c; --ink: #e4e8eb; --soft: #9ba6b0; --rule: #333b43; --tint: #1d2329; --accent: #7cbcf0;
    --series-0: #56b4e9; --series-1: #f0914a; --series-2: #35c796; --series-3: #dd92bf; --series-4: #e3c53c; --series-5: #a5c9ea;
    --hill: #d9954f; --valley: #5fa4dc; --warn: #f5c987; --warn-tint: #33270f;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
}
main { max-width: 72rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: clamp(1.7rem, 1.2rem + 2.4vw, 2.5rem); line-height: 1.15; letter-spacing: -0.015em; margin: 0 0 0.75rem; text-wrap: balance; }
h2 { font-size: 1.45rem; line-height: 1.25; margin: 3.25rem 0 0.6rem; padding-top: 1.4rem; border-top: 1px solid var(--rule); text-wrap: balance; }
h3 { font-size: 1.1rem; line-height: 1.3; margin: 2rem 0 0.4rem; }
h4 { font-size: 0.95rem; font-weight: 600; line-height: 1.3; margin: 0 0 0.15rem; }
p, .prose ul, .prose dl { max-width: 42rem; margin: 0 0 0.9rem; }
.prose ul { padding-left: 1.2rem; }
.prose li { margin-bottom: 0.35rem; }
.lead { font-size: 1.15rem; }
a { color: var(--accent); }
code, pre { font: 0.9em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { background: var(--tint); border: 1px solid var(--rule); border-radius: 6px; padding: 0.7rem 0.9rem; margin: 0 0 1rem; overflow-x: auto; }
figure { margin: 1.1rem 0 2rem; }
figcaption { max-width: 42rem; margin-top: 0.5rem; color: var(--soft); font-size: 0.95rem; line-height: 1.5; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 1.4rem 1.6rem; }
.panel { min-width: 0; max-width: 30rem; }
.panel > svg { display: block; width: 100%; height: auto; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0.3rem 1.3rem; padding: 0; margin: 0.6rem 0 0.9rem; font-size: 0.95rem; }
.legend li { display: flex; align-items: center; gap: 0.45rem; }
.legend .key { flex: none; }
table .key { vertical-align: -0.1em; margin-right: 0.3em; }
.wide { overflow-x: auto; margin: 1rem 0 1.2rem; }
table { border-collapse: collapse; font-size: 0.95rem; line-height: 1.35; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.5rem; }
th, td { padding: 0.4rem 0.9rem 0.4rem 0; text-align: right; vertical-align: baseline; white-space: nowrap; }
th { font-weight: 600; }
thead th { border-bottom: 2px solid var(--rule); color: var(--soft); vertical-align: bottom; white-space: normal; max-width: 8.5rem; }
sub { line-height: 0; }
tbody + tbody tr:first-child > * { border-top: 1px solid var(--rule); }
th.name, td.name { text-align: left; }
tbody th.name { font-weight: 400; }
td.best { font-weight: 700; }
td.outcome { white-space: normal; min-width: 11rem; max-width: 24rem; }
.settings th { text-align: left; font-weight: 400; color: var(--soft); }
.settings td { text-align: left; white-space: normal; }
.note { background: var(--warn-tint); color: var(--warn); border-radius: 6px; padding: 0.6rem 0.9rem; max-width: 42rem; }
footer { margin-top: 2.5rem; color: var(--soft); font-size: 0.9rem; }
@media (max-width: 30rem) { main { padding-top: 1.5rem; } h2 { margin-top: 2.4rem; } }
@media print { main { max-width: none; } figure, tr { break-inside: avoid; } }
`
