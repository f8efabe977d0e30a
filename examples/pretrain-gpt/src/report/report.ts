import { type Baseline, lossChart } from './chart.ts';
import { type Metrics, tokensPerSecond } from './metrics.ts';

export interface ReportContent {
  readonly title: string;
  /** A sentence below the title. */
  readonly summary: string;
  readonly metrics: Metrics;
  readonly baseline: Baseline;
  /** Nats a token to bits a byte. */
  readonly bitsPerByte: (loss: number) => number;
  /** Rows of the table of settings. */
  readonly settings: readonly (readonly [name: string, value: string])[];
}

/** A page that needs nothing but itself: no scripts, no links, readable by day and by night. */
export async function renderReport(content: ReportContent): Promise<string> {
  const { title, summary, metrics, baseline, bitsPerByte, settings } = content;
  const chart = await lossChart(metrics, baseline);
  const judged = [
    ...metrics.evaluations.slice(-1).map(({ loss }) => ({ name: 'this model', loss })),
    baseline,
  ];
  const scores = judged.map(({ name, loss }) => [
    name,
    loss.toFixed(3),
    Math.exp(loss).toFixed(2),
    bitsPerByte(loss).toFixed(3),
  ]);
  const speed = `${Math.round(tokensPerSecond(metrics)).toLocaleString('en')}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(summary)}</p>
<section>
<h2>Loss</h2>
<figure>${chart}</figure>
${table(['validation', 'loss, nats a token', 'perplexity', 'bits a byte'], scores, 'numbers')}
</section>
<section>
<h2>Samples over time</h2>
${table(
  ['step', 'what the model wrote'],
  metrics.samples.map(({ step, text }) => [String(step), text]),
  'samples',
)}
</section>
<section>
<h2>Settings</h2>
${table(['', ''], [...settings, ['training speed', `${speed} tokens/s (median)`]], 'settings')}
</section>
</main>
</body>
</html>
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[], kind: string): string {
  const header = head.some((cell) => cell !== '')
    ? `<thead><tr>${head.map((cell) => `<th>${escaped(cell)}</th>`).join('')}</tr></thead>\n`
    : '';
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`);
  return `<table class="${kind}">\n${header}<tbody>\n${body.join('\n')}\n</tbody>\n</table>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2129; --quiet: #5c6370; --paper: #fdfdfc; --line: #d9dce1; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e3e5e8; --quiet: #9aa1ac; --paper: #16181c; --line: #34383f; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.1rem; margin: 2.5rem 0 .75rem; }
p { color: var(--quiet); margin: 0; }
figure { margin: 0 0 1.25rem; color: var(--quiet); }
figure svg { display: block; width: 100%; height: auto; }
table { border-collapse: collapse; width: 100%; font-size: .925rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--quiet); font-weight: 500; }
.numbers th + th, .numbers td + td { text-align: right; padding: .4rem 0 .4rem .75rem; font-variant-numeric: tabular-nums; }
.samples td:first-child { width: 3rem; color: var(--quiet); font-variant-numeric: tabular-nums; }
.samples td:last-child { font-family: ui-monospace, monospace; font-size: .85rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.settings td:first-child { width: 14rem; color: var(--quiet); }
.settings td:last-child { overflow-wrap: anywhere; }
`;
