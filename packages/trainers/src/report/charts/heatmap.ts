import { TenonError } from '@tenon/core';
import { type Chart, NARROW, short, vegaLiteChart } from './chart.ts';

export interface HeatmapOptions {
  /** Names, from top to bottom. */
  readonly rows: readonly string[];
  /** Names, from left to right. */
  readonly columns: readonly string[];
  /** [rows][columns], written into the cells. */
  readonly values: readonly (readonly number[])[];
  /** What the rows are. */
  readonly rowTitle?: string;
  /** What the columns are. */
  readonly columnTitle?: string;
  /** [rows][columns] from 0 to 1, how dark the cells are. @default the values, the largest being the darkest */
  readonly shades?: readonly (readonly number[])[];
  /** How the numbers read, as d3-format has it. @default '.3~g' */
  readonly format?: string;
}

/** Dark enough for white figures on it, light enough to be seen by night. */
const COLOUR = '#3474bd';
const CELL = 30;
/** More columns than these have no room for numbers. */
const NUMBERED = { wide: 16, narrow: 7 } as const;
/** From this shade on a cell is dark enough for white figures. */
const DARK = 0.7;

/**
 * A table of numbers as colours: a confusion matrix, attention, distances.
 *
 * @throws {TenonError} when the values are not as many as rows and columns say.
 * @example
 * ```ts
 * import { heatmap } from '@tenon/trainers/report';
 *
 * const names = ['yes', 'no'];
 * const svg = await heatmap({ rows: names, columns: names, values: [[8, 2], [1, 9]] }).svg();
 * console.log(svg.startsWith('<svg'));
 * ```
 */
export function heatmap(options: HeatmapOptions): Chart {
  const { rows, columns, values, rowTitle, columnTitle, format = '.3~g' } = options;
  assertTable('heatmap values', values, rows, columns);
  const { shades = shadesOf(values) } = options;
  assertTable('heatmap shades', shades, rows, columns);
  // Names that are cut may be equal: the cells are placed by number, and the axes say the names.
  const cells = values.flatMap((row, r) =>
    row.map((value, c) => ({ row: r, column: c, value, shade: shades[r]![c]! })),
  );
  const names = (list: readonly string[]): string => expressionOf(list.map((name) => short(name, 20)));
  return vegaLiteChart((width) => {
    const narrow = width < NARROW;
    const room = (width - 120) / columns.length;
    const flat = columns.every((name) => short(name, 20).length * 7 <= room);
    const axis = { ticks: false, domain: false, labelLimit: narrow ? 100 : 160, labelPadding: 6 } as const;
    const place = {
      x: {
        field: 'column',
        type: 'ordinal',
        title: columnTitle ?? null,
        axis: {
          ...axis,
          orient: 'top',
          labelAngle: flat ? 0 : -50,
          labelAlign: flat ? 'center' : 'left',
          labelExpr: `${names(columns)}[datum.value]`,
        },
      },
      y: {
        field: 'row',
        type: 'ordinal',
        title: rowTitle ?? null,
        axis: { ...axis, labelExpr: `${names(rows)}[datum.value]` },
      },
    } as const;
    const numbered = columns.length <= (narrow ? NUMBERED.narrow : NUMBERED.wide);
    return {
      height: rows.length * CELL,
      description: `${rowTitle ?? 'rows'} by ${columnTitle ?? 'columns'}`,
      data: { values: cells },
      layer: [
        {
          mark: { type: 'rect', color: COLOUR },
          encoding: {
            ...place,
            fillOpacity: {
              field: 'shade',
              type: 'quantitative',
              scale: { domain: [0, 1], range: [0.04, 1] },
              legend: null,
            },
          },
        },
        ...(numbered
          ? [
              {
                mark: { type: 'text', fontSize: 12 } as const,
                encoding: {
                  ...place,
                  text: { field: 'value', type: 'quantitative', format } as const,
                  color: {
                    condition: { test: `datum.shade >= ${DARK}`, value: 'white' },
                    value: 'currentColor',
                  },
                },
              },
            ]
          : []),
      ],
    };
  });
}

/** JSON as an expression of Vega, whose strings may not hold the two line ends of Unicode. */
function expressionOf(names: readonly string[]): string {
  return JSON.stringify(names).replace(/[\u2028\u2029]/g, (end) =>
    end === '\u2028' ? '\\u2028' : '\\u2029',
  );
}

function shadesOf(values: readonly (readonly number[])[]): number[][] {
  const largest = Math.max(...values.flat().map(Math.abs), Number.MIN_VALUE);
  return values.map((row) => row.map((value) => Math.abs(value) / largest));
}

function assertTable(
  subject: string,
  table: readonly (readonly number[])[],
  rows: readonly string[],
  columns: readonly string[],
): void {
  const ragged = table.find((row) => row.length !== columns.length);
  if (table.length === rows.length && ragged === undefined) return;
  throw new TenonError({
    subject,
    expected: `${rows.length} rows of ${columns.length}, as there are names`,
    got: ragged === undefined ? `${table.length} rows` : `a row of ${ragged.length}`,
    advice: 'Give a name for each row and each column.',
  });
}
