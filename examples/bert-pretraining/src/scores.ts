// How well the two tasks of BERT's first training are done, beside what is right without having learnt to read. B batch,
// T time, P predictions, V vocabulary.
import type { BertPretrainingBatch, bertPretrainingBatches } from '@tenon/data';
import type { Pretraining } from '@tenon/heads';
import { argMax, dispose, type Tensor, tidy } from '@tensorflow/tfjs-core';

export interface Scores {
  /** The share of hidden words that are told. */
  readonly masked: number;
  /** The share of hidden words that are the most frequent one. */
  readonly unigram: number;
  /** The share of pairs of which is told whether the second text follows. */
  readonly next: number;
  /** The larger of the two kinds of pairs. */
  readonly majority: number;
}

/** Scores over batches that end. */
export async function scoresOf(
  model: Pretraining,
  source: ReturnType<typeof bertPretrainingBatches>,
): Promise<Scores> {
  const counts = new Map<number, number>();
  let [words, told, pairs, right, follows] = [0, 0, 0, 0, 0];
  for (let batch = await source.next(); batch !== undefined; batch = await source.next()) {
    const { maskedPositions, maskedIds, nextSentenceLabels } = batch;
    const [positions, ids, labels] = await Promise.all([
      maskedPositions.array(),
      maskedIds.array(),
      nextSentenceLabels.array(),
    ]);
    const { guesses, next } = await guessesOf(model, batch);
    for (const [b, label] of labels.entries()) {
      for (const [p, id] of ids[b]!.entries()) {
        if (id < 0) continue; // fewer words were hidden
        words++;
        counts.set(id, (counts.get(id) ?? 0) + 1);
        if (guesses[b]![positions[b]![p]!] === id) told++;
      }
      pairs++;
      if (label === 0) follows++;
      if (next[b] === label) right++;
    }
    dispose({ ...batch });
  }
  return {
    masked: told / words,
    unigram: Math.max(...counts.values()) / words,
    next: right / pairs,
    majority: Math.max(follows, pairs - follows) / pairs,
  };
}

/** The likeliest word at each place, and whether the second text seems to follow (0) or not (1). */
async function guessesOf(
  model: Pretraining,
  batch: BertPretrainingBatch,
): Promise<{ guesses: number[][]; next: number[] }> {
  const [words, pairs] = tidy(() => {
    const { maskedLM, nextSentence } = model.logits(batch); // [B, T, V] and [B, 2]
    return [argMax(maskedLM, 2), argMax(nextSentence, 1)] as [Tensor, Tensor];
  });
  const [guesses, next] = await Promise.all([words.array(), pairs.array()]);
  dispose([words, pairs]);
  return { guesses: guesses as number[][], next: next as number[] };
}
