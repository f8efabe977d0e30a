import { lineChart, predictionSection, writeReport } from '@tenon/trainers/report';
import type { Learned } from './fine-tune.ts';
import type { Lesson } from './lessons.ts';

/** A page about all tasks: how they were packed, how well each was learnt, and what was predicted. */
export async function writeResults(file: string, results: readonly (Lesson & Learned)[]): Promise<void> {
  await writeReport(file, {
    title: 'Four tasks, one way to read them',
    summary:
      'A small GPT that was trained as a language model on the texts of all tasks, then fine-tuned on each of them with the language model as auxiliary objective (λ = 0.5).',
    sections: [
      {
        title: 'Result',
        text: 'The share of held-out examples that are answered right.',
        tables: [
          {
            head: ['', 'GPT', 'most frequent answer', 'examples to learn from', 'held out'],
            rows: results.map(({ name, accuracy, baseline, parts }) => [
              name,
              accuracy,
              baseline,
              parts.train.length,
              parts.heldOut.length,
            ]),
          },
        ],
        charts: [
          lineChart({
            series: results.map(({ name, curve }) => ({ name, points: curve })),
            x: 'epoch',
            y: 'held-out accuracy',
          }),
        ],
      },
      {
        title: 'Input transformations',
        text: 'The first held-out example of each task as the model reads it. The head looks at the last token of each row.',
        tables: [
          {
            kind: 'texts',
            head: ['task', 'rows'],
            rows: results.map(({ name, rows }) => [name, rows.join('\n')]),
          },
        ],
      },
      ...results.map(({ name, predictions }) => ({
        ...predictionSection(predictions, 5),
        title: `Predictions: ${name}`,
      })),
    ],
  });
}
