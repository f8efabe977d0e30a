import { type Chart, COLOURS, legendOf, vegaLiteChart } from './chart.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface LineSeries {
  /** Shown in the legend. */
  readonly name: string;
  /** From left to right. Those that are not finite are left out. */
  readonly points: readonly Point[];
  /** For what is compared with: a baseline. @default false */
  readonly dashed?: boolean;
  /** A dot at each point. @default for a series of at most 40 points that is not dashed */
  readonly dots?: boolean;
}

export interface LineChartOptions {
  readonly series: readonly LineSeries[];
  /** What the axis below counts. @default 'step' */
  readonly x?: string;
  /** What the axis at the left measures, with its unit. */
  readonly y: string;
  /** Equal ratios, not differences, are equally far apart; what is not above zero is left out. @default false */
  readonly logarithmic?: boolean;
  /** Of the plot at most, in pixels. @default 320 */
  readonly height?: number;
}

/** How many points a curve has at most: more are not seen and make the file large. */
const POINTS = 400;
const DOTS = 40;
const LOGARITHMIC = { type: 'log', nice: false } as const;
/** Learning rates as 5e-5, not as 0.00005. */
const FIGURES = "datum.value == 0 ? '0' : abs(datum.value) < 0.001 ? format(datum.value, '~e') : datum.label";
const SOLID = [1, 0];
const DASHES = [6, 4];

/**
 * Curves over steps, epochs or any other numbers.
 *
 * @example
 * ```ts
 * import { lineChart } from '@tenon/trainers/report';
 *
 * const points = [2.3, 1.4, 1.1].map((y, i) => ({ x: i + 1, y }));
 * const svg = await lineChart({ x: 'epoch', y: 'loss', series: [{ name: 'training', points }] }).svg();
 * console.log(svg.startsWith('<svg'));
 * ```
 */
export function lineChart(options: LineChartOptions): Chart {
  const { series, x = 'step', y, logarithmic = false, height = 320 } = options;
  const names = series.map(({ name }) => name);
  const values = series.flatMap(({ name, points, dashed, dots = !dashed && points.length <= DOTS }) => {
    const shown = points.filter(
      (point) => Number.isFinite(point.x) && Number.isFinite(point.y) && !(logarithmic && point.y <= 0),
    );
    return thinned(shown).map((point) => ({ x: point.x, y: point.y, series: name, dots }));
  });
  const whole = values.every((point) => Number.isInteger(point.x));
  return vegaLiteChart((width) => {
    const legend = legendOf(names, width);
    const encoding = {
      x: {
        field: 'x',
        type: 'quantitative',
        title: x,
        scale: { nice: false, zero: false },
        axis: whole ? { tickMinStep: 1, format: ',d' } : {},
      },
      y: {
        field: 'y',
        type: 'quantitative',
        title: logarithmic ? `${y} (logarithmic)` : y,
        scale: logarithmic ? LOGARITHMIC : { zero: false },
        axis: { labelExpr: FIGURES },
      },
      color: {
        field: 'series',
        type: 'nominal',
        legend: legend && { ...legend, symbolType: 'stroke', symbolSize: 400, symbolStrokeWidth: 3 },
        scale: { domain: names, range: names.map((_, i) => COLOURS[i % COLOURS.length]!) },
      },
      strokeDash: {
        field: 'series',
        type: 'nominal',
        legend,
        scale: { domain: names, range: series.map(({ dashed }) => (dashed ? DASHES : SOLID)) },
      },
    } as const;
    return {
      height: Math.round(Math.min(height, width * 0.62)),
      description: `${y} by ${x}: ${names.join(', ')}`,
      data: { values },
      layer: [
        { mark: { type: 'line', strokeWidth: 2 }, encoding },
        {
          transform: [{ filter: 'datum.dots' }],
          mark: { type: 'point', filled: true, size: 36, opacity: 1 },
          encoding: { x: encoding.x, y: encoding.y, color: encoding.color },
        },
      ],
    };
  });
}

/** A mean that forgets by a tenth from point to point: the trend of a loss that jumps from batch to batch. */
export function smoothed(points: readonly Point[]): Point[] {
  let mean = points[0]?.y ?? 0;
  return points.map(({ x, y }) => {
    mean += 0.1 * (y - mean);
    return { x, y: mean };
  });
}

function thinned<T>(points: readonly T[]): T[] {
  const every = Math.ceil(points.length / POINTS);
  return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}
