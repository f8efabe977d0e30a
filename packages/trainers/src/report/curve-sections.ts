import type { Chart } from './charts/chart.ts';
import { type LineSeries, lineChart, type Point, smoothed } from './charts/line-chart.ts';
import type { ReportSection } from './render-report.ts';
import type { RunHistory } from './run-history.ts';

/** Curves of fewer points are shown as they are. */
const SMOOTH_FROM = 40;

/** The loss over the steps, the metrics, and what drove them. */
export function curveSections(history: RunHistory): ReportSection[] {
  const { loss, learningRate, gradientNorm } = history;
  const optimisation = [
    ...curve('learning rate', learningRate.points),
    ...curve('gradient norm', trend('', gradientNorm.points).points),
  ];
  return [
    section(
      'Loss',
      lossChart(
        loss.points,
        evaluated(history, ({ loss }) => loss),
      ),
    ),
    section('Metrics', metricsChart(history)),
    section('Learning rate and gradients', optimisation),
  ].flat();
}

function lossChart(training: readonly Point[], evaluation: readonly Point[]): Chart[] {
  const series: LineSeries[] = training.length > 0 ? [trend('training', training)] : [];
  if (evaluation.length > 0) series.push({ name: 'evaluation', points: evaluation });
  return series.length === 0 ? [] : [lineChart({ y: 'loss', series })];
}

/** Metrics that share a scale share a chart: most are between -1 and 1, EM and F1 of answers between 0 and 100. */
function metricsChart(history: RunHistory): Chart[] {
  const names = [...new Set(history.evaluations.flatMap(({ metrics }) => Object.keys(metrics)))];
  const series = names.map((name) => ({ name, points: evaluated(history, ({ metrics }) => metrics[name]) }));
  const small = (one: LineSeries): boolean => one.points.every(({ y }) => Math.abs(y) <= 1);
  const charts = [series.filter(small), series.filter((one) => !small(one))];
  // A single evaluation is no curve: its numbers are in the table of results.
  return history.evaluations.length < 2
    ? []
    : charts.filter((some) => some.length > 0).map((some) => lineChart({ y: 'metric', series: some }));
}

function curve(y: string, points: readonly Point[]): Chart[] {
  return points.length < 2 ? [] : [lineChart({ y, series: [{ name: y, points, dots: false }], height: 160 })];
}

function trend(name: string, points: readonly Point[]): LineSeries {
  return points.length < SMOOTH_FROM
    ? { name, points }
    : { name: `${name}, smoothed`, points: smoothed(points), dots: false };
}

function evaluated(
  { evaluations }: RunHistory,
  value: (evaluation: RunHistory['evaluations'][number]) => number | undefined,
): Point[] {
  return evaluations.flatMap((evaluation) => {
    const y = value(evaluation);
    return y === undefined ? [] : { x: evaluation.step, y };
  });
}

function section(title: string, charts: readonly Chart[]): ReportSection[] {
  return charts.length === 0 ? [] : [{ title, charts }];
}
