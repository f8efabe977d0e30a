// Words in their sentences: what ELMo and BERT make of "bank" follows its sense, whichever side of it tells; what a model
// that reads from left to right makes of it follows from what stands before, and cannot know the rest.
import { printTable, runExample } from '@tenon/example-kit';
import { type Chart, scatterChart, writeReport } from '@tenon/trainers/report';
import { BANKS, type Cue, type SenseSentence, senseSentences } from './data/senses.ts';
import { type Reader, trainBert, trainElmo, trainGpt } from './readers.ts';
import { cosine, inPlane } from './vectors.ts';

/** Sentences by hand that are the same up to the word, and two that differ before it. */
const ALIKE = [0, 1] as const;
const UNLIKE = [6, 7] as const;

const ABOUT =
  'A word has the sense of the nearest of some sentences whose sense is known. A model that reads from left to right knows nothing but what stands before: where the sense shows after the word, it can only guess, and .5 is a guess.';

await runExample(
  {
    purpose:
      'ELMo, BERT and GPT learn from the same sentences; then their vectors of words with two senses are compared.',
    options: {
      steps: { text: 'updates of ELMo and of GPT; BERT has three times as many', value: 400, short: 4 },
    },
  },
  async ({ steps, seed, short, out, signal }) => {
    const size = short ? { reading: 200, asked: 3 } : { reading: 6000, asked: 30 };
    const { reading, asked } = senseSentences(size, seed);
    console.log(`reading   ${reading.length} sentences`);
    const results: Result[] = [];
    for (const [train, turns] of [
      [trainElmo, 1],
      [trainBert, 3],
      [trainGpt, 1],
    ] as const) {
      using reader = await train(reading, { steps: steps * turns, seed, signal });
      if (signal.aborted) return;
      results.push(await compare(reader, asked));
    }

    const rows = [
      ['the same before "bank": largest difference', ...results.map(({ banks }) => difference(banks, ALIKE))],
      ['another before it: largest difference', ...results.map(({ banks }) => difference(banks, UNLIKE))],
      ['sense found where it shows before', ...results.map(({ found }) => found.before)],
      ['sense found where it shows after', ...results.map(({ found }) => found.after)],
    ];
    const head = ['', ...results.map(({ name }) => name)];
    const pairs = [ALIKE, UNLIKE].map((pair) => pair.map((i) => BANKS[i]!.words.join(' ')).join(' / '));
    console.log(`\n${pairs.join('\n')}`);
    printTable(head, rows);
    await writeReport(`${out}/report.html`, {
      title: 'What a word means where it stands',
      summary: `Three models learned from the same ${reading.length} sentences. Compared are the vectors of “bank” in: ${pairs.join('; ')}.`,
      sections: [
        { title: 'Result', text: ABOUT, tables: [{ head, rows }] },
        ...results.map(({ name, banks }) => ({ title: `“bank” as ${name} sees it`, charts: [plot(banks)] })),
      ],
    });
  },
);

interface Result {
  readonly name: string;
  /** Of "bank" in the sentences by hand. */
  readonly banks: readonly (readonly number[])[];
  /** How often the nearest sentence has the same sense. */
  readonly found: Readonly<Record<Cue, number>>;
}

/** Every other sentence tells its sense; of the rest, each has the sense of the nearest of these. */
async function compare(
  reader: Reader,
  asked: ReadonlyMap<string, readonly SenseSentence[]>,
): Promise<Result> {
  const right: Record<Cue, boolean[]> = { before: [], after: [] };
  for (const sentences of asked.values()) {
    const vectors = await reader.vectors(sentences);
    const known = [...sentences.keys()].filter((i) => i % 2 === 0);
    for (const [i, { sense, cue }] of sentences.entries()) {
      if (i % 2 === 0) continue;
      const nearness = known.map((j) => cosine(vectors[i]!, vectors[j]!));
      const nearest = known[nearness.indexOf(Math.max(...nearness))]!;
      right[cue].push(sentences[nearest]!.sense === sense);
    }
  }
  const share = (answers: readonly boolean[]): number => answers.filter(Boolean).length / answers.length;
  const found = { before: share(right.before), after: share(right.after) };
  return { name: reader.name, banks: await reader.vectors(BANKS), found };
}

function difference(banks: Result['banks'], [i, j]: readonly [number, number]): number {
  return Math.max(...banks[i]!.map((value, channel) => Math.abs(value - banks[j]![channel]!)));
}

function plot(vectors: Result['banks']): Chart {
  const points = inPlane(vectors).map(([x, y], i) => {
    const { words, sense } = BANKS[i]!;
    return { x, y, series: sense, label: words.join(' ') };
  });
  return scatterChart({ points });
}
