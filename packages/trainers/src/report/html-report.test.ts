import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScalarMix } from '@tenon/layers';
import { selectBackend } from '@tenon/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { abortAt, newFolder, run } from '../__fixtures__/tiny-run.ts';
import type { TrainerCallback, TrainerControl } from '../trainer-callback.ts';
import { htmlReport } from './html-report.ts';

const control: TrainerControl = {
  shouldTrainingStop: false,
  shouldEvaluate: false,
  shouldSave: false,
  shouldLog: false,
};
const headings = (html: string): (string | undefined)[] =>
  [...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, text]) => text);
const rows = (html: string): string[] =>
  [...html.matchAll(/<tr>(.*)<\/tr>/g)].map(([, row]) => row!.replace(/<[^>]+>/g, '|'));

/** Tells a callback of a run of a classifier, as a trainer with a task does. */
async function tellRun(callback: TrainerCallback, options: { readonly fails?: boolean } = {}): Promise<void> {
  using model = new ScalarMix(3);
  const args = { learningRate: 5e-5, perDeviceTrainBatchSize: 8, outputDir: '/home/somebody/run' };
  await callback.onTrainBegin?.({ step: 0, steps: 60, model, args }, control);
  for (let step = 1; step <= 60; step++) {
    const figures = { loss: 3 / step, learningRate: 5e-5 * (1 - step / 60), gradientNorm: 1, tokens: 64 };
    await callback.onStepEnd?.({ step, ...figures, seconds: 2 }, control);
    if (step % 30 > 0) continue;
    const describe = () =>
      Array.from({ length: 30 }, (_, i) => ({
        input: `<text ${i}>`,
        expected: i % 2 === 0 ? 'good' : 'bad',
        predicted: i % 3 === 0 ? 'good' : 'bad',
      }));
    const metrics = { accuracy: 0.5, f1: 80 };
    await callback.onEvaluate?.(
      { step, loss: 1, perplexity: Math.E, metrics, seconds: 5, describe },
      control,
    );
  }
  if (options.fails) await callback.onError?.({ step: 60, error: new Error('no <space> left') }, control);
  else await callback.onTrainEnd?.({ step: 60, stopped: 'finished' }, control);
}

describe('htmlReport', () => {
  beforeAll(() => selectBackend('cpu'));

  it('tells of a run with everything that it was told', async () => {
    const file = join(newFolder(), 'deep', 'report.html');
    const baselines = { 'always <good>': { accuracy: 0.5 } };
    const settings = { data: 'reviews.tsv', streamed: true };
    const sections = async () => [{ title: 'Word vectors', text: 'None.' }];
    await tellRun(htmlReport(file, { title: 'Reviews', baselines, settings, sections }));
    const html = readFileSync(file, 'utf8');
    expect(headings(html)).toEqual([
      'Result',
      'Loss',
      'Metrics',
      'Learning rate and gradients',
      'Confusion matrix',
      'Classes',
      'Predictions',
      'Which layers it reads',
      'Word vectors',
      'Settings',
    ]);
    expect(html).toContain('<p>Trained to the end after 60 of 60 steps, in 2 min 10 s.</p>');
    expect(rows(html)).toEqual(
      expect.arrayContaining([
        '|||accuracy||f1||loss|',
        '|this model||0.5000||80||1|',
        '|always &lt;good&gt;||0.5000|||||',
        '|&lt;text 2&gt;||good||bad|',
        '|data||reviews.tsv|',
        '|streamed||true|',
        '|learningRate||5e-5|',
        '|parameters||4|',
        '|backend||cpu|',
      ]),
    );
    expect(html).not.toMatch(/somebody|https?:|<script|<link|<img|<text \d+>/);
  });

  it('is written anew when something is predicted after the run', async () => {
    const file = join(newFolder(), 'report.html');
    const callback = htmlReport(file, { title: 'Reviews' });
    await tellRun(callback);
    const describe = () => [{ input: 'a new one', predicted: 'good' }];
    await callback.onPredict?.({ step: 60, predictions: ['good'], describe }, control);
    const html = readFileSync(file, 'utf8');
    expect(rows(html)).toContain('|a new one||good|');
    expect(headings(html)).toEqual(expect.arrayContaining(['Confusion matrix', 'Further predictions']));
  });

  it('is written of an evaluation alone', async () => {
    const file = join(newFolder(), 'report.html');
    const baselines = { bigrams: { perplexity: 7.5 } };
    await htmlReport(file, { title: 'Reviews', baselines }).onEvaluate?.(
      { step: 0, loss: Math.LN2, perplexity: 2, metrics: { accuracy: 0.25 }, seconds: 1 },
      control,
    );
    expect(rows(readFileSync(file, 'utf8')).slice(0, 3)).toEqual([
      '|||accuracy||loss||perplexity|',
      '|this model||0.2500||0.6931||2|',
      '|bigrams||||||7.5000|',
    ]);
  });

  it('says why a run failed', async () => {
    const file = join(newFolder(), 'report.html');
    await tellRun(htmlReport(file, { title: 'Reviews' }), { fails: true });
    expect(readFileSync(file, 'utf8')).toContain(
      '<p>The run failed after 60 steps: no &lt;space&gt; left</p>',
    );
  });

  it('tells the whole of a run that was interrupted', async () => {
    const [file, whole] = [join(newFolder(), 'report.html'), join(newFolder(), 'report.html')];
    const folder = newFolder();
    const options = { title: 'A tiny run' };
    await run({ callbacks: [htmlReport(whole, options)] });
    const { callbacks = [], ...aborted } = abortAt(7);
    await run({ checkpoints: { folder }, ...aborted, callbacks: [...callbacks, htmlReport(file, options)] });
    expect(readFileSync(file, 'utf8')).toContain('Interrupted after 7 of 20 steps');
    await run({ checkpoints: { folder, resume: true }, callbacks: [htmlReport(file, options)] });
    const timeless = (path: string): string => readFileSync(path, 'utf8').replace(/ in [\d.]+ s\./, '');
    expect(timeless(file)).toBe(timeless(whole));
    expect(headings(timeless(file))).toEqual(['Result', 'Loss', 'Learning rate and gradients', 'Settings']);
  });
});
