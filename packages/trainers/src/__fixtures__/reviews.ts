import { RandomKey, RandomStream } from '@tenon/core';
import type { TextExample } from '@tenon/data';
import { SequenceClassification } from '@tenon/heads';
import { bert, bertTiny } from '@tenon/models';
import { bertTokenizer } from '@tenon/tokenizers';
import { type TextClassification, textClassification } from '../tasks/text-classification.ts';

const GOOD = ['fine', 'great', 'lovely'];
const BAD = ['dull', 'poor', 'awful'];
const OTHERS = ['a', 'the', 'film', 'story', 'very', 'and'];
const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...OTHERS, ...GOOD, ...BAD];

const labels = ['negative', 'positive'];
const tokenizer = bertTokenizer({ vocabulary: new Map(WORDS.map((word, id) => [word, id])) });

/** Reviews of a few words, one of which says whether the film was good. */
export function reviews(count: number, seed = 1): TextExample[] {
  return Array.from({ length: count }, (_, i) => {
    const bits = new RandomKey(seed, i).bits(9);
    const pick = (words: readonly string[], n: number): string => words[bits[n]! % words.length]!;
    const positive = (bits[0]! & 1) === 1;
    const words = Array.from({ length: 2 + (bits[1]! % 6) }, (_, n) => pick(OTHERS, n + 2));
    words[1] = pick(positive ? GOOD : BAD, 8);
    return { text: words.join(' '), label: labels[positive ? 1 : 0]! };
  });
}

export function reviewTask(): TextClassification {
  return textClassification({ tokenizer, labels, maxLength: 12 });
}

/** As small as a BERT can be. */
export function reviewModel(dropout = 0.1): SequenceClassification {
  const size = { vocabularySize: WORDS.length, hiddenSize: 16, layers: 1, heads: 2, feedForwardSize: 32 };
  const backbone = bert(
    { ...bertTiny, ...size, contextLength: 12, dropout },
    { random: new RandomStream(5) },
  );
  return new SequenceClassification(backbone, { labels, dropout });
}
