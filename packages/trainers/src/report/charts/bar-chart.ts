import { type Chart, COLOURS, legendOf, NARROW, short, vegaLiteChart } from './chart.ts';

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** Bars of one name stand side by side, a colour for each series. */
  readonly series?: string;
}

export interface BarChartOptions {
  /** In the order they are shown in. */
  readonly bars: readonly Bar[];
  /** What the bars measure, with its unit. */
  readonly value: string;
  /** Bars that lie, below one another: room for long names. @default for long names, and for many */
  readonly horizontal?: boolean;
  /** How the numbers at the bars read, as d3-format has it. @default '.3~g' */
  readonly format?: string;
}

/** Names up to this length, and so many bars, have room side by side. */
const NAME = 10;
const BARS = 12;

/**
 * Numbers beside each other, as the weights of a model's layers.
 *
 * @example
 * ```ts
 * import { barChart } from '@tenon/trainers/report';
 *
 * const bars = [0.2, 0.5, 0.3].map((value, layer) => ({ name: `layer ${layer}`, value }));
 * console.log((await barChart({ bars, value: 'weight' }).svg()).startsWith('<svg'));
 * ```
 */
export function barChart({ bars, value, format = '.3~g', ...options }: BarChartOptions): Chart {
  const names = distinct(bars.map(({ name }) => name));
  const series = distinct(bars.map((bar) => bar.series ?? ''));
  const several = series.length > 1;
  const { horizontal = bars.length > BARS || names.some((name) => name.length > NAME) } = options;
  const values = bars.map((bar) => ({
    name: short(bar.name),
    value: bar.value,
    series: short(bar.series ?? ''),
  }));
  const where = (width: number) =>
    ({
      field: 'name',
      type: 'nominal',
      title: null,
      sort: null,
      axis: {
        labelAngle: 0,
        labelLimit: width < NARROW ? 120 : 240,
        ticks: false,
        domain: false,
        labelPadding: 6,
      },
      scale: { paddingInner: 0.25 },
    }) as const;
  // The number of the longest bar stands behind it.
  const most = Math.max(...bars.map((bar) => bar.value), 0);
  const long = {
    field: 'value',
    type: 'quantitative',
    title: value,
    axis: { tickCount: 5 },
    ...(horizontal && most > 0 && { scale: { domainMax: 1.1 * most, nice: false } }),
  } as const;
  const among = { field: 'series', type: 'nominal', sort: null } as const;
  const place = (width: number) =>
    horizontal
      ? { x: long, y: where(width), ...(several && { yOffset: among }) }
      : { x: where(width), y: long, ...(several && { xOffset: among }) };
  const colour = (width: number) =>
    several
      ? {
          ...among,
          legend: legendOf(series, width),
          scale: { domain: series.map((name) => short(name)), range: [...COLOURS] },
        }
      : { value: COLOURS[0]! };
  const label = horizontal
    ? ({ align: 'left', baseline: 'middle', dx: 4 } as const)
    : ({ align: 'center', baseline: 'bottom', dy: -3 } as const);
  return vegaLiteChart((width) => ({
    height: horizontal ? names.length * Math.max(26, 18 * series.length + 8) : 200,
    description: `${value}: ${names.join(', ')}`,
    data: { values },
    layer: [
      { mark: { type: 'bar' }, encoding: { ...place(width), color: colour(width) } },
      // Side by side on a phone, several numbers a name would run into each other.
      ...(several && !horizontal && width < NARROW
        ? []
        : [
            {
              mark: { type: 'text', fontSize: 11, color: 'currentColor', ...label } as const,
              encoding: { ...place(width), text: { field: 'value', type: 'quantitative', format } as const },
            },
          ]),
    ],
  }));
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];
