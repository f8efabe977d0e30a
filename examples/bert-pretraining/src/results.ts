import { lineChart, type ReportSection, writeReport } from '@tenon/trainers/report';
import type { Guess } from './fill-in.ts';
import type { Scores } from './scores.ts';

/** How the training on one text went. */
export interface Result {
  readonly name: string;
  readonly scores: Scores;
  readonly curve: readonly (Scores & { readonly step: number })[];
  readonly filled: readonly {
    readonly text: string;
    readonly word: string;
    readonly guesses: readonly Guess[];
  }[];
}

/** A page about all texts. */
export async function writeResults(file: string, results: readonly Result[]): Promise<void> {
  await writeReport(file, {
    title: 'BERT’s first training',
    summary:
      'Hidden words to be told, and pairs of which the second text follows the first or not, in held-out text.',
    sections: [
      {
        title: 'Result',
        tables: [
          {
            head: ['', 'hidden words told', 'most frequent word', 'follows or not', 'more frequent of both'],
            rows: results.map(({ name, scores }) => [
              name,
              scores.masked,
              scores.unigram,
              scores.next,
              scores.majority,
            ]),
          },
        ],
      },
      ...results.flatMap(sectionsOf),
    ],
  });
}

function sectionsOf({ name, curve, filled }: Result): ReportSection[] {
  const series = (title: string, of: (scores: Scores) => number, dashed = false) => ({
    name: title,
    points: curve.map((scores) => ({ x: scores.step, y: of(scores) })),
    dashed,
  });
  return [
    {
      title: `Accuracy: ${name}`,
      charts: [
        lineChart({
          y: 'share that is right',
          series: [
            series('hidden words', ({ masked }) => masked),
            series('most frequent word', ({ unigram }) => unigram, true),
            series('follows or not', ({ next }) => next),
            series('more frequent of both', ({ majority }) => majority, true),
          ],
        }),
      ],
    },
    {
      title: `Filled in: ${name}`,
      text: 'The three likeliest words for [MASK], with their probabilities.',
      tables: [
        {
          kind: 'texts',
          head: ['text', 'word that was there', 'likeliest'],
          rows: filled.map(({ text, word, guesses }) => [
            text,
            word,
            guesses.map((guess) => `${guess.word} ${guess.probability.toFixed(2)}`).join('\n'),
          ]),
        },
      ],
    },
  ];
}
