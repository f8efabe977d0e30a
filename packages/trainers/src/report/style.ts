/** How a report looks: one column, for large and small screens, by day and by night. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1d2129; --quiet: #5c6370; --paper: #fdfdfc; --line: #d9dce1; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e3e5e8; --quiet: #9aa1ac; --paper: #16181c; --line: #34383f; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2.5rem 0 .75rem; }
p { color: var(--quiet); margin: 0 0 .75rem; overflow-wrap: anywhere; }
figure { margin: 0 0 1.25rem; }
figure svg { display: block; width: 100%; height: auto; }
figure .narrow { display: none; }
@media (max-width: 34rem) {
  figure .narrow { display: block; }
  figure .wide { display: none; }
}
.scroll { overflow-x: auto; margin: 0 0 1.25rem; }
table { border-collapse: collapse; width: 100%; font-size: .925rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--quiet); font-weight: 500; }
.numbers th + th, .numbers td + td { text-align: right; padding: .4rem 0 .4rem .75rem; font-variant-numeric: tabular-nums; }
.numbers td:first-child { overflow-wrap: anywhere; min-width: 5rem; }
.texts td { white-space: pre-wrap; overflow-wrap: anywhere; min-width: 3.5rem; }
.settings td:first-child { width: 14rem; color: var(--quiet); }
.settings td:last-child { overflow-wrap: anywhere; }
@media (max-width: 34rem) {
  table { font-size: .85rem; }
  .settings td:first-child { width: 9rem; }
}
`;
