// Pairs for next-sentence prediction (Devlin et al. 2019, section 3.1), as BERT's create_pretraining_data.py makes them.

import { assertWhole, type RandomStream, TenonError } from '@tenon/core';
import type { Tokenizer } from '@tenon/tokenizers';
import { randomFor } from '../batch-order.ts';
import type { DocumentExample } from '../examples.ts';
import type { OnInvalid } from '../skipped-examples.ts';
import { documentTokens } from './document-tokens.ts';

export interface NextSentenceOptions {
  readonly tokenizer: Tokenizer;
  /** The most tokens of a pair, with the three of the template. */
  readonly maxLength: number;
  /** How often a document's pairs aim at a shorter length, drawn at random. @default 0.1 */
  readonly shortSequenceProbability?: number;
  /** How often each document is gone through, each time with other pairs. @default 1 */
  readonly dupeFactor?: number;
  /** @default 42 */
  readonly seed?: number;
  /** Told of documents without a sentence, which are then left out, instead of the error being thrown. */
  readonly onInvalid?: OnInvalid;
}

/** Two stretches of text. */
export interface NextSentenceExample {
  /** Token ids, without special ones. */
  readonly first: readonly number[];
  readonly second: readonly number[];
  /** Whether the second follows the first in its document, or is from another. */
  readonly follows: boolean;
}

type Sentence = ArrayLike<number>;
type Document = readonly Sentence[];

/**
 * Pairs of stretches of text, half of which follow one another, and half of which are from two documents. What is too
 * long loses tokens at its beginning or end, at random.
 *
 * @throws {TenonError} when there are fewer than two documents, or one has nothing to read.
 * @example
 * ```ts
 * import { nextSentenceExamples } from '@tenon/data';
 * import { bertTokenizer } from '@tenon/tokenizers';
 *
 * const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'it', 'rains', 'a', 'lot'];
 * const tokenizer = bertTokenizer({ vocabulary: new Map(words.map((word, id) => [word, id])) });
 * const documents = [{ sentences: ['it rains', 'a lot'] }, { sentences: ['lot a', 'rains it'] }];
 * const pairs = nextSentenceExamples(documents, { tokenizer, maxLength: 16 });
 * for (const { first, second, follows } of pairs) console.log(first, second, follows);
 * ```
 */
export function nextSentenceExamples(
  documents: readonly DocumentExample[],
  options: NextSentenceOptions,
): NextSentenceExample[] {
  const {
    tokenizer,
    maxLength,
    shortSequenceProbability = 0.1,
    dupeFactor = 1,
    seed = 42,
    onInvalid,
  } = options;
  assertWhole('nextSentenceExamples: maxLength', maxLength, 5);
  assertWhole('nextSentenceExamples: dupeFactor', dupeFactor);
  const tokens = documentTokens(documents, tokenizer, onInvalid);
  if (tokens.length < 2) {
    throw new TenonError({
      subject: 'nextSentenceExamples: documents',
      expected: 'at least two, to take sentences from another',
      got: String(tokens.length),
      advice: 'Cut the text into documents, or use maskedTokenBatches, which needs no pairs.',
    });
  }
  const most = maxLength - 3;
  return Array.from({ length: dupeFactor }, (_, round) =>
    tokens.flatMap((_, i) => {
      const draw = drawing(randomFor('pairs', seed, round, i));
      const short = draw.chance(shortSequenceProbability);
      const target = short ? draw.between(2, most) : most;
      return pairsOf(tokens, i, target, draw).map(({ first, second, follows }) => ({
        ...shortened(first, second, most, draw),
        follows,
      }));
    }),
  ).flat();
}

interface Drawing {
  chance(probability: number): boolean;
  /** A whole number, both ends among them. */
  between(least: number, most: number): number;
}

function drawing(random: RandomStream): Drawing {
  return {
    chance: (probability) => random.next().uniform(1)[0]! < probability,
    between: (least, most) => least + random.next().integer(most - least + 1),
  };
}

/** Goes through a document: sentences are gathered up to the target's length, then parted at random. */
function pairsOf(
  documents: readonly Document[],
  own: number,
  target: number,
  draw: Drawing,
): NextSentenceExample[] {
  const document = documents[own]!;
  const pairs: NextSentenceExample[] = [];
  for (let start = 0; start < document.length; ) {
    let end = start;
    let length = 0;
    while (end < document.length && length < target) length += document[end++]!.length;
    const border = end - start >= 2 ? start + draw.between(1, end - start - 1) : end;
    const first = joined(document.slice(start, border));
    const follows = border < end && !draw.chance(0.5);
    const second = follows
      ? joined(document.slice(border, end))
      : elsewhere(documents, own, target - first.length, draw);
    pairs.push({ first, second, follows });
    start = follows ? end : border; // what another document took the place of comes next
  }
  return pairs;
}

/** Sentences of another document from a random one on, until there are so many tokens. */
function elsewhere(documents: readonly Document[], own: number, target: number, draw: Drawing): number[] {
  const other = draw.between(0, documents.length - 2);
  const document = documents[other < own ? other : other + 1]!;
  const start = draw.between(0, document.length - 1);
  let end = start;
  let length = 0;
  do length += document[end++]!.length;
  while (end < document.length && length < target);
  return joined(document.slice(start, end));
}

/** The longer text gives way, each token from its beginning or its end. */
function shortened(
  first: readonly number[],
  second: readonly number[],
  most: number,
  draw: Drawing,
): Pick<NextSentenceExample, 'first' | 'second'> {
  const [a, b] = [
    { ids: first, from: 0, to: first.length },
    { ids: second, from: 0, to: second.length },
  ];
  while (a.to - a.from + b.to - b.from > most) {
    const longer = a.to - a.from > b.to - b.from ? a : b;
    if (draw.chance(0.5)) longer.from++;
    else longer.to--;
  }
  return { first: a.ids.slice(a.from, a.to), second: b.ids.slice(b.from, b.to) };
}

function joined(sentences: Document): number[] {
  return sentences.flatMap((sentence) => Array.from(sentence));
}
