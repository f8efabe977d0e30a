// Pairs of texts, as words and as batches of numbers.
import { type BatchSource, type Json, RandomStream, TenonError } from '@tenon/core';
import type { Seq2SeqLMBatch } from '@tenon/heads';
import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';

/** A text and what is to be written from it, both as words. */
export interface Pair {
  readonly source: readonly string[];
  readonly target: readonly string[];
}

export const PAD = 0;
export const END = 1;
const SPECIAL = ['<pad>', '</s>'];

/** The words of both languages by their numbers. */
export class Vocabulary {
  readonly words: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;

  constructor(pairs: readonly Pair[]) {
    const words = new Set(pairs.flatMap(({ source, target }) => [...source, ...target]));
    this.words = [...SPECIAL, ...[...words].sort()];
    this.#ids = new Map(this.words.map((word, id) => [word, id]));
  }

  /** @throws {TenonError} about a word that no pair had. */
  ids(words: readonly string[]): number[] {
    return words.map((word) => {
      const id = this.#ids.get(word);
      if (id !== undefined) return id;
      throw new TenonError({
        subject: 'word',
        expected: 'one that the training pairs have',
        got: JSON.stringify(word),
        advice: 'Add pairs with it to the training data.',
      });
    });
  }

  text(ids: readonly number[]): string[] {
    return ids.map((id) => this.words[id] ?? '?');
  }
}

/** int32 [B, T] of rows that are filled up at their ends. */
function padded(rows: readonly (readonly number[])[], filler: number): Tensor2D {
  const length = Math.max(...rows.map((row) => row.length));
  const filled = rows.map((row) => [...row, ...new Array<number>(length - row.length).fill(filler)]);
  return tensor2d(filled.flat(), [rows.length, length], 'int32');
}

/** The encoder's input: sources with their end token, and which of it is padding. */
export function sourceInput(
  pairs: readonly Pair[],
  vocabulary: Vocabulary,
): { readonly inputIds: Tensor2D; readonly attentionMask: Tensor2D } {
  const rows = pairs.map(({ source }) => [...vocabulary.ids(source), END]);
  const mask = rows.map((row) => row.map(() => 1));
  return { inputIds: padded(rows, PAD), attentionMask: padded(mask, 0) };
}

/** Batches without end of pairs that are drawn at random; those of one batch are of like length. */
export function pairBatches(
  pairs: readonly Pair[],
  vocabulary: Vocabulary,
  batchSize: number,
  seed: number,
): BatchSource<Seq2SeqLMBatch> {
  const byLength = [...pairs].sort((a, b) => a.source.length - b.source.length);
  let position = 0;
  return {
    async next() {
      const draw = new RandomStream(seed, position++);
      const centre = draw.next().integer(byLength.length);
      const begin = Math.max(0, Math.min(centre - 2 * batchSize, byLength.length - 4 * batchSize));
      const near = byLength.slice(begin, begin + 4 * batchSize);
      const chosen = Array.from({ length: batchSize }, () => near[draw.next().integer(near.length)]!);
      const labels = chosen.map(({ target }) => [...vocabulary.ids(target), END]);
      return {
        ...sourceInput(chosen, vocabulary),
        labels: padded(labels, -100),
      };
    },
    position: () => position,
    seek(place: Json) {
      position = Number(place);
    },
  };
}
