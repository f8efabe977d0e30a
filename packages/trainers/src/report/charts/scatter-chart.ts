import { type Chart, COLOURS, legendOf, short, vegaLiteChart } from './chart.ts';
import { placeLabels } from './place-labels.ts';

export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  /** Written beside the point, where there is room. */
  readonly label?: string;
  /** Points of one series have one colour and shape. */
  readonly series?: string;
}

export interface ScatterChartOptions {
  readonly points: readonly ScatterPoint[];
  /** What the axis below measures. @default none: the axes of a projection mean nothing by themselves */
  readonly x?: string;
  /** What the axis at the left measures. */
  readonly y?: string;
}

const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down'];
const LABEL = 40;
/** Pixels that an axis with numbers takes from the width. */
const AXIS = 48;

/**
 * Points in a plane, as word vectors in two dimensions, with labels that keep clear of each other.
 *
 * @example
 * ```ts
 * import { scatterChart } from '@tenon/trainers/report';
 *
 * const points = [
 *   { x: 1, y: 2, label: 'river bank', series: 'shore' },
 *   { x: 4, y: 1, label: 'savings bank', series: 'money' },
 * ];
 * console.log((await scatterChart({ points }).svg()).startsWith('<svg'));
 * ```
 */
export function scatterChart({ points, x, y }: ScatterChartOptions): Chart {
  const finite = points.filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y));
  const series = [...new Set(finite.map((point) => short(point.series ?? '')))];
  const [across, up] = [range(finite.map((point) => point.x)), range(finite.map((point) => point.y))];
  return vegaLiteChart((width) => {
    const height = Math.round(Math.min(440, width * 0.9));
    const plot = { width: width - (y === undefined ? 8 : AXIS), height };
    const labels = placeLabels(
      finite.map((point) => ({
        x: ((point.x - across[0]) / (across[1] - across[0])) * plot.width,
        y: ((up[1] - point.y) / (up[1] - up[0])) * plot.height,
        text: short(point.label ?? '', LABEL),
      })),
      plot,
    );
    const values = finite.map((point, i) => ({
      x: point.x,
      y: point.y,
      series: short(point.series ?? ''),
      ...(labels[i] ?? { text: '', dx: 0, dy: 0, align: 'left' }),
    }));
    const place = {
      x: { field: 'x', type: 'quantitative', scale: { domain: across, nice: false }, ...axis(x) },
      y: { field: 'y', type: 'quantitative', scale: { domain: up, nice: false }, ...axis(y) },
    } as const;
    const kind = { field: 'series', type: 'nominal', legend: legendOf(series, width) } as const;
    return {
      height,
      description: `points ${series.join(', ')}`.trim(),
      data: { values },
      layer: [
        {
          mark: { type: 'point', filled: true, size: 70, opacity: 1 },
          encoding: {
            ...place,
            color: { ...kind, scale: { domain: series, range: [...COLOURS] } },
            shape: { ...kind, scale: { domain: series, range: SHAPES } },
          },
        },
        {
          mark: {
            type: 'text',
            fontSize: 12,
            color: 'currentColor',
            baseline: 'middle',
            align: { expr: 'datum.align' },
            dx: { expr: 'datum.dx' },
            dy: { expr: 'datum.dy' },
          },
          encoding: { ...place, text: { field: 'text', type: 'nominal' } },
        },
      ],
    };
  });
}

const axis = (title: string | undefined) => ({
  title: title ?? null,
  axis: { labels: title !== undefined, ticks: title !== undefined, domain: title !== undefined },
});

/** From the smallest to the largest number, with room beside them. */
function range(numbers: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...numbers, Infinity), Math.max(...numbers, -Infinity)];
  if (low > high) return [0, 1];
  const margin = 0.08 * (high - low) || 1;
  return [low - margin, high + margin];
}
