// The small BERT of the experiments with few labels, and how it learns from text without.
import { RandomStream } from '@tenon/core';
import { maskedTokenBatches } from '@tenon/data';
import { MaskedLM } from '@tenon/heads';
import { type Bert, bert, bertTiny } from '@tenon/models';
import { Trainer } from '@tenon/trainers';
import type { ArmContext } from '../experiment.ts';
import { type FewLabels, MAX_LENGTH, preTraining, rowsOf } from './few-labels.ts';

const STEPS = 800;

/**
 * Two layers of 128. Their first weights are as wide for 128 channels as BERT's .02 is for 768 and more, and three words in ten are
 * hidden instead of 1.5: as published, so small a model is still telling words by their frequency when its time is up.
 */
const config = { ...bertTiny, contextLength: MAX_LENGTH, initializerRange: 0.08 };
const HIDDEN_SHARE = 0.3;
/** Where a head learns along. */
const DROPOUT = 0.1;

export function smallReader({ tokenizer }: FewLabels, seed: number, dropout: number = DROPOUT): Bert {
  const { vocabularySize } = tokenizer;
  return bert(
    { ...config, vocabularySize, dropout, attentionDropout: dropout },
    { random: new RandomStream(seed) },
  );
}

/** A BERT of its own that starts with another's weights. */
export function copied(given: FewLabels, backbone: Bert, dropout: number = DROPOUT): Bert {
  const copy = smallReader(given, 0, dropout);
  copy.loadStateDict(backbone.stateDict());
  return copy;
}

export async function learnMaskedWords(
  backbone: Bert,
  { tokenizer }: FewLabels,
  texts: readonly string[],
  { seed, say }: ArmContext,
): Promise<void> {
  const trainer = new Trainer({
    model: new MaskedLM(backbone),
    args: preTraining(seed, STEPS, 2e-3),
    trainBatches: maskedTokenBatches(rowsOf(texts), {
      tokenizer,
      maxLength: MAX_LENGTH,
      batchSize: 64,
      probability: HIDDEN_SHARE,
      shuffle: true,
      seed,
      epochs: Number.POSITIVE_INFINITY,
    }),
  });
  const { loss } = await trainer.train();
  say(`pre-trained, last loss ${loss?.toFixed(3)}`);
}
