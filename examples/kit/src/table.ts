export type Cell = string | number;

/**
 * Prints a table of results: a number has three places behind the point unless it is whole, and stands at the right.
 *
 * @example
 * ```ts
 * printTable(['held out', 'BERT', 'most frequent label'], [['accuracy', 0.93, 0.5]]);
 * ```
 */
export function printTable(head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  console.log(`\n${formatTable(head, rows)}`);
}

export function formatTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [head, ...rows.map((row) => row.map(format))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const isNumeric = head.map((_, column) => rows.every((row) => typeof row[column] === 'number'));
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          isNumeric[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
        )
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

function format(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  return Number.isInteger(cell) && Math.abs(cell) > 1 ? String(cell) : cell.toFixed(3);
}
