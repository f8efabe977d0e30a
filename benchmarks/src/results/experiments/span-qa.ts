// A small BERT learns a few questions and their documents by heart: every window, offset and answer has to be right for that.
import { join } from 'node:path';
import type { SquadExample } from '@tenon/data';
import { readSquad } from '@tenon/data/files';
import { QuestionAnswering } from '@tenon/heads';
import { spanExtraction, Trainer } from '@tenon/trainers';
import { publishedTokenizer } from '../../data-sets.ts';
import type { ArmContext, Experiment, Figures } from '../experiment.ts';
import { spread } from '../experiment.ts';
import { short } from '../verdicts.ts';
import { smallBert } from './bert-from-scratch.ts';

const QUESTIONS = 24;

async function byHeart(
  examples: readonly SquadExample[],
  vocabulary: 'uncased' | 'chinese',
  windows: { readonly maxLength: number; readonly docStride: number },
  { seed, data }: ArmContext,
): Promise<Figures> {
  // Of every so-many-th, so that there are many documents.
  const every = Math.floor(examples.length / QUESTIONS);
  const chosen = examples.filter((_, i) => i % every === 0).slice(0, QUESTIONS);
  const tokenizer = await publishedTokenizer(data, vocabulary);
  const backbone = smallBert(tokenizer.vocabularySize, seed, {
    hiddenSize: 128,
    feedForwardSize: 256,
    contextLength: windows.maxLength,
    dropout: 0,
    attentionDropout: 0,
    pooler: false,
  });
  using model = new QuestionAnswering(backbone);
  const trainer = new Trainer({
    model,
    task: spanExtraction({
      tokenizer,
      ...windows,
      maxAnswerLength: 200, // CMRC has answers of whole sentences
      ...(vocabulary === 'chinese' && { language: 'chinese' as const }),
    }),
    args: { maxSteps: 400, learningRate: 1e-3, warmupRatio: 0.1, perDeviceTrainBatchSize: 16, seed },
    trainDataset: chosen,
    evalDataset: chosen,
  });
  await trainer.train();
  const { exactMatch, f1 } = await trainer.evaluate();
  return { exactMatch: exactMatch!, f1: f1! };
}

export const spanQA: Experiment = {
  name: 'span-qa',
  question: `Does a small BERT learn ${QUESTIONS} questions of XQuAD and of CMRC by heart (EM 100)?`,
  arms: {
    xquad: async (context) =>
      byHeart(
        await readSquad(join(context.data, 'xquad', 'xquad.en.json')),
        'uncased',
        { maxLength: 256, docStride: 64 },
        context,
      ),
    cmrc: async (context) =>
      byHeart(
        // Two of its questions are empty.
        await readSquad(join(context.data, 'cmrc2018', 'trial.json'), { onInvalid: () => undefined }),
        'chinese',
        // With shorter ones there are answers that BERT's rule cannot give: their first token counts in another window.
        { maxLength: 384, docStride: 128 },
        context,
      ),
  },
  verdict: (outcome) =>
    ['xquad', 'cmrc']
      .map((arm) => {
        const { lowest } = spread(outcome[arm]!, 'exactMatch');
        return `${arm} ${lowest === 100 ? 'EM 100 in every seed' : `NOT: the worst seed has EM ${short(lowest)}`}`;
      })
      .join('; '),
};
