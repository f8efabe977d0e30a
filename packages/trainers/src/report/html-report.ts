import { parameterCount } from '@tenon/core';
import { getBackend } from '@tensorflow/tfjs-core';
import type { DescribedPrediction } from '../fine-tuning-task.ts';
import type { TrainBeginEvent, TrainerCallback } from '../trainer-callback.ts';
import { curveSections } from './curve-sections.ts';
import { duration, type ReportTable } from './html.ts';
import { layerWeightSections } from './layer-weights.ts';
import { classSections, haveClasses, predictionSection } from './prediction-sections.ts';
import type { ReportSection } from './render-report.ts';
import { RunHistory } from './run-history.ts';
import { writeReport } from './write-report.ts';

export interface HtmlReportOptions {
  readonly title: string;
  /** A sentence or two below the title: what was trained on what. */
  readonly summary?: string;
  /** What to compare with, as `{ majority: { accuracy: 0.51 } }`: shown beside the model's own results. */
  readonly baselines?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What else is to be known of the run: its data, its tokenizer. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** Sections of your own, below the predictions; a function is called when the report is written. */
  readonly sections?:
    | readonly ReportSection[]
    | (() => readonly ReportSection[] | Promise<readonly ReportSection[]>);
}

/**
 * A callback that writes a page about the run when it ends, and anew when something is evaluated or predicted after
 * that: results, curves, a confusion matrix and scores of the classes, wrong and right predictions, the weights of a
 * mix of layers, the settings. The page needs nothing but itself. Of a resumed run it tells the whole.
 *
 * @example
 * ```ts
 * import { htmlReport } from '@tenon/trainers/report';
 *
 * const report = htmlReport('runs/report.html', {
 *   title: 'Reviews',
 *   baselines: { 'always positive': { accuracy: 0.5 } },
 * });
 * console.log(report.saved?.name); // htmlReport
 * // new Trainer({ …, callbacks: [report] })
 * ```
 */
export function htmlReport(file: string, options: HtmlReportOptions): TrainerCallback {
  let history = new RunHistory();
  let begin: TrainBeginEvent | undefined;
  let evaluated: () => readonly DescribedPrediction[] = () => [];
  let predicted: readonly DescribedPrediction[] = [];
  let outcome: string | undefined;
  let layers: readonly ReportSection[] = [];

  const write = async (): Promise<void> => {
    const { title, summary, sections = [] } = options;
    const own = typeof sections === 'function' ? await sections() : sections;
    const described = evaluated();
    await writeReport(file, {
      title,
      ...(summary !== undefined && { summary }),
      sections: [
        resultSection(history, options.baselines ?? {}, outcome ?? ''),
        ...curveSections(history),
        ...(haveClasses(described) ? classSections(...labelsOf(described)) : []),
        ...(described.length > 0 ? [predictionSection(described)] : []),
        ...(predicted.length > 0 ? [{ ...predictionSection(predicted), title: 'Further predictions' }] : []),
        ...layers,
        ...own,
        { title: 'Settings', tables: [settingsTable(begin, options.settings ?? {})] },
      ],
    });
  };
  const isTraining = (): boolean => begin !== undefined && outcome === undefined;
  /** The model may be gone when something is evaluated or predicted later: what is wanted of it is read now. */
  const end = async (text: string): Promise<void> => {
    outcome = text;
    layers = begin?.model === undefined ? [] : await layerWeightSections(begin.model);
    await write();
  };
  return {
    onTrainBegin(event) {
      if (event.resumedFrom === undefined) history = new RunHistory();
      begin = event;
      outcome = undefined;
      predicted = [];
    },
    onStepEnd: (event) => history.addStep(event),
    async onEvaluate(event) {
      history.addEvaluation(event);
      evaluated = event.describe ?? evaluated;
      if (!isTraining()) await write();
    },
    async onPredict(event) {
      predicted = [...predicted, ...(event.describe?.() ?? [])];
      if (!isTraining()) await write();
    },
    onTrainEnd: ({ step, stopped }) =>
      end(
        `${ENDS[stopped]} after ${step} of ${begin?.steps ?? step} steps, in ${duration(history.seconds)}.`,
      ),
    onError: ({ step, error }) =>
      end(`The run failed after ${step} steps: ${error instanceof Error ? error.message : String(error)}`),
    saved: {
      name: 'htmlReport',
      save: () => history.toJson(),
      load(state) {
        history = new RunHistory(state);
      },
    },
  };
}

const ENDS = {
  finished: 'Trained to the end',
  stopped: 'Stopped by a callback',
  interrupted: 'Interrupted',
  exhausted: 'Ended for want of batches',
} as const;

function resultSection(
  history: RunHistory,
  baselines: NonNullable<HtmlReportOptions['baselines']>,
  text: string,
): ReportSection {
  const last = history.evaluations.at(-1);
  const results = {
    ...(last && { 'this model': { ...last.metrics, loss: last.loss, ...perplexity(last.loss, baselines) } }),
    ...baselines,
  };
  const names = [...new Set(Object.values(results).flatMap((scores) => Object.keys(scores)))];
  const rows = Object.entries(results).map(([name, scores]) => [
    name,
    ...names.map((metric) => (scores as Readonly<Record<string, number>>)[metric] ?? ''),
  ]);
  return { title: 'Result', text, tables: rows.length === 0 ? [] : [{ head: ['', ...names], rows }] };
}

/** Of a loss that is no likelihood it would mean nothing: it is shown where a baseline has one. */
function perplexity(
  loss: number,
  baselines: NonNullable<HtmlReportOptions['baselines']>,
): { perplexity?: number } {
  return Object.values(baselines).some((scores) => 'perplexity' in scores)
    ? { perplexity: Math.exp(loss) }
    : {};
}

function settingsTable(
  begin: TrainBeginEvent | undefined,
  settings: NonNullable<HtmlReportOptions['settings']>,
): ReportTable {
  const model = begin?.model;
  const rows: [string, unknown][] = [
    ...Object.entries(settings),
    ...Object.entries(begin?.args ?? {}).filter(([name]) => name !== 'outputDir'),
    ...(model ? [['parameters', parameterCount(model)] as [string, unknown]] : []),
    ['backend', getBackend()],
  ];
  const shown = (value: unknown): string | number =>
    typeof value === 'number' || typeof value === 'string' ? value : shownObject(value);
  return { kind: 'settings', rows: rows.map(([name, value]) => [name, shown(value)]) };
}

const shownObject = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value));

function labelsOf(described: readonly DescribedPrediction[]): [string[], string[]] {
  return [described.map(({ expected }) => expected ?? ''), described.map(({ predicted }) => predicted)];
}
