import { barChart, type Chart, type ReportTable, writeReport } from '@tenon/trainers/report';
import type { Question } from './data/stories.ts';

/** How well a question about words is answered from the layers of a model. */
export interface Answer {
  readonly question: Question;
  /** What the mix of all layers gets right, and what one gets right who knows each word's usual answer. */
  readonly f1: number;
  readonly known: number;
  /** The share of each layer in the mix. */
  readonly weights: readonly number[];
  /** What each layer gets right by itself. */
  readonly alone: readonly number[];
}

type Table = ReportTable & { readonly head: readonly string[] };

/** The scores, and what is known of each layer. */
export function tablesOf(answers: readonly Answer[]): readonly [scores: Table, layers: Table] {
  const layers = answers[0]!.weights.map((_, layer) => `layer ${layer}`);
  return [
    {
      head: ['held out', 'F1 of the mix', 'F1 word by word', 'expected layer'],
      rows: answers.map(({ question, f1, known, weights }) => [question, f1, known, expectedLayer(weights)]),
    },
    {
      head: ['', ...layers],
      rows: [
        ...answers.map(({ question, weights }) => [`${question}: weight`, ...weights]),
        ...answers.map(({ question, alone }) => [`${question}: F1 alone`, ...alone]),
      ],
    },
  ];
}

/** Σ l · s(l), as Tenney et al. 2019 call the center of gravity. */
function expectedLayer(weights: readonly number[]): number {
  return weights.reduce((sum, weight, layer) => sum + layer * weight, 0);
}

export async function writeProbeReport(file: string, answers: readonly Answer[]): Promise<void> {
  const [scores, layers] = tablesOf(answers);
  const chart = (value: string, numbers: (answer: Answer) => readonly number[]): Chart =>
    barChart({
      bars: answers.flatMap((answer) =>
        numbers(answer).map((value, layer) => ({ name: `layer ${layer}`, value, series: answer.question })),
      ),
      value,
      format: '.2f',
    });
  await writeReport(file, {
    title: 'Which layer knows what',
    summary: 'A small BERT learned from sentences without labels. Layer 0 is the output of its embeddings.',
    sections: [
      { title: 'Result', text: ABOUT, tables: [scores] },
      { title: 'What each question weighs the layers', charts: [chart('weight', ({ weights }) => weights)] },
      { title: 'What each layer knows by itself', charts: [chart('F1', ({ alone }) => alone)] },
      { title: 'In numbers', tables: [layers] },
    ],
  });
}

const ABOUT =
  'sort: is it an animal, a person or a thing? kind: is “watch” a noun or a verb? role: who did it, and to whom was it done? reference: is “she” the first or the second person of the sentence? The expected layer is the mean of the layers by their weights: the higher, the later in BERT the answer is found.';
