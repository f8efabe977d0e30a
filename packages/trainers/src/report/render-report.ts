import type { Chart } from './charts/chart.ts';
import { escaped, type ReportTable, tableHtml } from './html.ts';
import { STYLE } from './style.ts';

/** A part of a report: what it has is shown in this order. */
export interface ReportSection {
  readonly title: string;
  /** Plain text; an empty line begins a paragraph. */
  readonly text?: string;
  readonly charts?: readonly Chart[];
  readonly tables?: readonly ReportTable[];
}

export interface ReportContent {
  readonly title: string;
  /** A sentence or two below the title. */
  readonly summary?: string;
  readonly sections: readonly ReportSection[];
}

/** The column of the page, and that of a phone. */
const WIDE = 696;
const NARROW = 350;

/**
 * A page that needs nothing but itself: no scripts, no links, charts as inline SVG, readable by day and by night, on
 * large and small screens. Every text is escaped; the SVG of a chart of your own is taken as it is.
 *
 * @example
 * ```ts
 * import { barChart, renderReport } from '@tenon/trainers/report';
 *
 * const chart = barChart({ bars: [{ name: 'layer 0', value: 0.3 }, { name: 'layer 1', value: 0.7 }], value: 'weight' });
 * const html = await renderReport({
 *   title: 'What the tagger reads',
 *   sections: [{ title: 'Layers', text: 'The second layer matters most.', charts: [chart] }],
 * });
 * console.log(html.length > 1000);
 * ```
 */
export async function renderReport({ title, summary, sections }: ReportContent): Promise<string> {
  const parts: string[] = [];
  for (const section of sections) parts.push(await sectionHtml(section));
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
${paragraphs(summary)}
${parts.join('\n')}
</main>
</body>
</html>
`;
}

async function sectionHtml({ title, text, charts = [], tables = [] }: ReportSection): Promise<string> {
  const figures: string[] = [];
  for (const chart of charts) figures.push(await figureHtml(chart));
  const parts = [`<h2>${escaped(title)}</h2>`, paragraphs(text), ...figures, ...tables.map(tableHtml)];
  return `<section>\n${parts.filter((part) => part !== '').join('\n')}\n</section>`;
}

/** Drawn twice: what is made for a page and then shrunk cannot be read on a phone. */
async function figureHtml(chart: Chart): Promise<string> {
  const [wide, narrow] = [inline(await chart.svg(WIDE)), inline(await chart.svg(NARROW))];
  if (wide === narrow) return `<figure>${wide}</figure>`;
  return `<figure>\n<div class="wide">${wide}</div>\n<div class="narrow">${narrow}</div>\n</figure>`;
}

/** Inside a page the namespaces are known, and the size follows the column. */
function inline(svg: string): string {
  return svg
    .replace(/ xmlns(:xlink)?="[^"]*"/g, '')
    .replace(/(<svg[^>]*?) width="[\d.]+" height="[\d.]+"/, '$1');
}

function paragraphs(text: string | undefined): string {
  const parts = (text ?? '').split(/\n\s*\n/).filter((part) => part.trim() !== '');
  return parts.map((part) => `<p>${escaped(part)}</p>`).join('\n');
}
