// What a Trainer and a task tell the callbacks, and what these make of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { selectBackend, testBackends } from '@tenon/testing';
import { beforeAll, expect, it } from 'vitest';
import { reviewModel, reviews, reviewTask } from '../__fixtures__/reviews.ts';
import { newFolder } from '../__fixtures__/tiny-run.ts';
import { metricsFile } from '../metrics-file.ts';
import { readEvents } from '../tensorboard/__fixtures__/read-events.ts';
import { tensorBoard } from '../tensorboard/tensor-board.ts';
import { Trainer } from '../trainer.ts';
import { htmlReport } from './html-report.ts';

beforeAll(() => selectBackend(testBackends()[0]!));

it('a Trainer tells reports, TensorBoard and the metrics file of its task', async () => {
  const folder = newFolder();
  using model = reviewModel(0);
  const trainer = new Trainer({
    model,
    task: reviewTask(),
    args: { learningRate: 0.03, numTrainEpochs: 2, loggingSteps: 5, evalStrategy: 'epoch' },
    trainDataset: reviews(80),
    evalDataset: reviews(40, 2),
    callbacks: [
      htmlReport(join(folder, 'report.html'), { title: 'Reviews' }),
      tensorBoard(join(folder, 'events')),
      metricsFile(join(folder, 'metrics.jsonl')),
    ],
  });
  await trainer.train();
  await trainer.predict([{ text: 'a lovely film' }]);

  const html = readFileSync(join(folder, 'report.html'), 'utf8');
  const headings = [...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, text]) => text);
  expect(headings).toEqual([
    'Result',
    'Loss',
    'Metrics',
    'Learning rate and gradients',
    'Confusion matrix',
    'Classes',
    'Predictions',
    'Further predictions',
    'Settings',
  ]);
  expect(html).toContain('<td>a lovely film</td>');
  expect(html).toContain('<td>evalStrategy</td>');

  const scalars = readEvents(join(folder, 'events'))
    .flat()
    .flatMap((event) => Object.keys(event.scalars));
  expect(scalars).toEqual(
    expect.arrayContaining(['train/loss', 'train/epoch', 'eval/loss', 'eval/accuracy']),
  );

  const lines = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  const evaluations = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === 'evaluation');
  expect(evaluations).toHaveLength(2);
  expect(Object.keys(evaluations[0])).toEqual(
    expect.arrayContaining(['type', 'step', 'epoch', 'loss', 'perplexity', 'metrics', 'seconds']),
  );
});
