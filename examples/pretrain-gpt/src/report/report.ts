import { type Chart, lineChart, type ReportContent, smoothed } from '@tenon/trainers/report';
import { type Metrics, tokensPerSecond } from './metrics.ts';

/** What the model is compared with. */
export interface Baseline {
  readonly name: string;
  /** Nats a token. */
  readonly loss: number;
}

export interface RunStory {
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

/** The page of a run: its losses, what it wrote along the way, and how it was made. */
export function reportContent({
  title,
  summary,
  metrics,
  baseline,
  bitsPerByte,
  settings,
}: RunStory): ReportContent {
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
  return {
    title,
    summary,
    sections: [
      {
        title: 'Loss',
        charts: [lossChart(metrics, baseline)],
        tables: [{ head: ['validation', 'loss, nats a token', 'perplexity', 'bits a byte'], rows: scores }],
      },
      {
        title: 'Samples over time',
        tables: [
          {
            kind: 'texts',
            head: ['step', 'what the model wrote'],
            rows: metrics.samples.map(({ step, text }) => [step, text]),
          },
        ],
      },
      {
        title: 'Settings',
        tables: [{ kind: 'settings', rows: [...settings, ['training speed', `${speed} tokens/s (median)`]] }],
      },
    ],
  };
}

function lossChart({ steps, evaluations }: Metrics, baseline: Baseline): Chart {
  const points = (events: readonly { step: number; loss: number }[]) =>
    events.map(({ step, loss }) => ({ x: step, y: loss }));
  const last = Math.max(steps.at(-1)?.step ?? 1, evaluations.at(-1)?.step ?? 1);
  return lineChart({
    y: 'loss, nats a token',
    logarithmic: true,
    series: [
      { name: 'training, smoothed', points: smoothed(points(steps)), dots: false },
      { name: 'validation', points: points(evaluations) },
      { name: baseline.name, points: [0, last].map((x) => ({ x, y: baseline.loss })), dashed: true },
    ],
  });
}
