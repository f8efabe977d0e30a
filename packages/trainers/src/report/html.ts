/** A table of a report. Numbers are written as people read them; texts stand as they are, cut where they are long. */
export interface ReportTable {
  /** Says in a few words what the table has. */
  readonly caption?: string;
  readonly head?: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /**
   * `numbers`: all but the first column to the right; `texts`: what a model read and wrote, with its line breaks;
   * `settings`: names and values.
   * @default 'numbers'
   */
  readonly kind?: 'numbers' | 'texts' | 'settings';
}

/** Characters of a text that a table shows. */
const LONGEST = 1000;

export function tableHtml({ caption, head, rows, kind = 'numbers' }: ReportTable): string {
  const above = caption === undefined ? '' : `<caption>${escaped(caption)}</caption>\n`;
  const header = head
    ? `<thead><tr>${head.map((cell) => `<th>${escaped(cell)}</th>`).join('')}</tr></thead>\n`
    : '';
  const body = rows.map(
    (row) => `<tr>${row.map((cell) => `<td>${escaped(cellText(cell))}</td>`).join('')}</tr>`,
  );
  return `<div class="scroll"><table class="${kind}">\n${above}${header}<tbody>\n${body.join('\n')}\n</tbody>\n</table></div>`;
}

function cellText(cell: string | number): string {
  if (typeof cell === 'number') return figure(cell);
  const characters = [...cell];
  return characters.length <= LONGEST ? cell : `${characters.slice(0, LONGEST).join('')}…`;
}

/** `1,234,567`, `0.8765`, `5e-5` */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Number.isInteger(value)) return value.toLocaleString('en');
  if (Math.abs(value) >= 100) return value.toLocaleString('en', { maximumFractionDigits: 1 });
  if (Math.abs(value) >= 10) return value.toFixed(2);
  return Math.abs(value) < 0.001 ? Number(value.toPrecision(3)).toExponential() : value.toFixed(4);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);
}

/** `2 min 5 s` */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${seconds < 10 ? seconds.toFixed(1) : whole} s`;
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}
