import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Metrics } from './metrics.ts';

export interface Baseline {
  readonly name: string;
  /** Nats a token. */
  readonly loss: number;
}

/** How many points a curve has at most: more are not seen and make the file large. */
const POINTS = 400;

const COLOURS = { train: '#5b9bd5', validation: '#e07b39', baseline: '#8a8f98' } as const;

/** The loss over the steps as an SVG that takes its text colour from the page. */
export async function lossChart(metrics: Metrics, baseline: Baseline): Promise<string> {
  const names = ['training, smoothed', 'validation', baseline.name];
  const last = Math.max(
    ...metrics.steps.map(({ step }) => step),
    ...metrics.evaluations.map(({ step }) => step),
    1,
  );
  const values = [
    ...thinned(smoothed(metrics)).map((point) => ({ ...point, series: names[0] })),
    ...metrics.evaluations.map(({ step, loss }) => ({ step, loss, series: names[1] })),
    ...[0, last].map((step) => ({ step, loss: baseline.loss, series: names[2] })),
  ];
  const domain = [0, last];
  const solid = [1, 0];
  const dashes = [solid, solid, [6, 4]];
  const encoding = {
    x: { field: 'step', type: 'quantitative', title: 'step', scale: { domain, nice: false } },
    y: {
      field: 'loss',
      type: 'quantitative',
      title: 'loss, nats a token (logarithmic)',
      scale: { type: 'log', nice: false },
    },
    color: {
      field: 'series',
      type: 'nominal',
      title: null,
      sort: null,
      scale: { domain: names, range: Object.values(COLOURS) },
    },
    strokeDash: {
      field: 'series',
      type: 'nominal',
      title: null,
      sort: null,
      scale: {
        domain: names,
        range: dashes,
      },
    },
  } as const;
  const spec: TopLevelSpec = {
    width: 640,
    height: 320,
    padding: 4,
    background: 'transparent',
    data: { values },
    layer: [
      { mark: { type: 'line', strokeWidth: 2 }, encoding },
      {
        transform: [{ filter: { field: 'series', equal: 'validation' } }],
        mark: { type: 'point', filled: true, size: 36, opacity: 1 },
        encoding: { x: encoding.x, y: encoding.y, color: encoding.color },
      },
    ],
    config: {
      font: 'system-ui, sans-serif',
      view: { stroke: null },
      axis: {
        labelColor: 'currentColor',
        titleColor: 'currentColor',
        titleFontWeight: 'normal',
        domainColor: 'currentColor',
        tickColor: 'currentColor',
        gridColor: 'currentColor',
        gridOpacity: 0.12,
        labelFontSize: 12,
        titleFontSize: 12,
        tickCount: 8,
      },
      legend: {
        orient: 'top',
        labelColor: 'currentColor',
        labelFontSize: 13,
        labelLimit: 0,
        symbolType: 'stroke',
        symbolSize: 400,
        symbolStrokeWidth: 3,
        columnPadding: 24,
      },
    },
  };
  const view = new View(parse(compile(spec).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  // Inside a page the namespaces are known, and the size follows the column.
  return svg.replace(/ xmlns(:xlink)?="[^"]*"/g, '').replace(/ width="\d+" height="\d+"/, '');
}

/** A mean that forgets by a tenth a step. */
function smoothed({ steps }: Metrics): { step: number; loss: number }[] {
  let mean = steps[0]?.loss ?? 0;
  return steps.map(({ step, loss }) => {
    mean += 0.1 * (loss - mean);
    return { step, loss: mean };
  });
}

function thinned<T>(points: readonly T[]): T[] {
  const every = Math.ceil(points.length / POINTS);
  return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}
