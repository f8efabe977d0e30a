// B batch, T time, N tokens of a window's context.

import { assertWhole, TenonError } from '@tenon/core';
import type { Tokenizer } from '@tenon/tokenizers';
import { type Tensor1D, type Tensor2D, tensor1d } from '@tensorflow/tfjs-core';
import type { DataProcessor, SquadExample } from '../examples.ts';
import { assertText } from '../processors/assert-text.ts';
import { maskOfRows, type PaddingOptions, paddedLength, paddedRows } from '../processors/padded-rows.ts';
import { TruncationCount } from '../processors/truncation-count.ts';
import { shownValue } from '../shown-value.ts';
import { contextWindows, maximumContext } from './context-windows.ts';
import {
  type ContextTokens,
  locateCharacters,
  locateWords,
  subjectOfQuestion,
  type TokenSpan,
} from './locate-answer.ts';
import { type PairTemplate, pairTemplate } from './pair-template.ts';

const IGNORED = -100;

export interface SquadProcessorOptions extends PaddingOptions {
  /** Any whose `encode` puts the model's template around a pair. */
  readonly tokenizer: Tokenizer;
  /** The most tokens of a window, question and template among them. @default 384 */
  readonly maxLength?: number;
  /** Tokens of the context from the start of one window to that of the next. @default 128 */
  readonly docStride?: number;
  /** What is longer of a question is cut off. @default 64 */
  readonly maxQueryLength?: number;
  /** Find where the answers are, to learn from: an example without any is an error. Without, none is looked for. @default true */
  readonly training?: boolean;
  /**
   * Find answers as run_squad.py of Google's BERT does, by words between white space, and with them the first place in
   * these words that reads like the answer. Without, an answer is the tokens that its characters lie in: the only way for
   * Chinese, where a whole sentence is one such word. The original reads questions without a word, too.
   * @default false
   */
  readonly original?: boolean;
}

/** A question with one window of its context. */
export interface SquadFeature {
  readonly example: SquadExample;
  /** Which window of the context it is, from 0. */
  readonly window: number;
  /** int32 [T]: `[CLS] question [SEP] window [SEP]`. */
  readonly inputIds: Int32Array;
  /** int32 [T]: 0 for the question, 1 for the context. */
  readonly tokenTypeIds: Int32Array;
  /** The place of the context's first token in `inputIds`. */
  readonly contextStart: number;
  /** int32 [2N]: where each token of the window starts and ends in the context, in UTF-16 units. */
  readonly offsets: Int32Array;
  /** [N]: 1 where no other window shows more around the token. */
  readonly maxContext: Uint8Array;
  /** The answer's first token, a place in `inputIds`: 0 (`[CLS]`) where the window has none, −100 where none was looked for. */
  readonly startPosition: number;
  /** The answer's last token, alike. */
  readonly endPosition: number;
}

/** What `QuestionAnswering` of @tenon/heads takes. */
export interface SquadBatch {
  /** int32 [B, T], filled up on the right. */
  readonly inputIds: Tensor2D;
  /** int32 [B, T], 1 = token, 0 = padding. */
  readonly attentionMask: Tensor2D;
  /** int32 [B, T] */
  readonly tokenTypeIds: Tensor2D;
  /** int32 [B] */
  readonly startPositions: Tensor1D;
  /** int32 [B] */
  readonly endPositions: Tensor1D;
}

export interface SquadProcessor extends DataProcessor<SquadExample, SquadFeature, SquadBatch> {
  readonly maxLength: number;
  /** The questions that were longer than `maxQueryLength`. */
  readonly truncated: TruncationCount;
}

/**
 * Questions about texts as BERT reads them (Devlin et al. 2019, section 4.2): the question and a window of the context, in
 * as many windows as the context needs. Windows without the answer, and all of a question without one, have `[CLS]` for
 * their answer. Learnt is the first of several answers.
 *
 * @throws {TenonError} when a length is not a whole number above 0.
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { squadProcessor } from '@tenon/data';
 * import { bertTokenizer } from '@tenon/tokenizers';
 *
 * const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'where', '?', 'she', 'went', 'to', 'paris', '.'];
 * const tokenizer = bertTokenizer({ vocabulary: new Map(words.map((word, id) => [word, id])) });
 * const processor = squadProcessor({ tokenizer, maxLength: 10 });
 *
 * const context = 'She went to Paris.';
 * const answers = [{ text: 'Paris', start: 12 }];
 * const features = processor.features({ id: '1', question: 'Where?', context, answers });
 * const batch = processor.collate(features);
 * console.log(batch.inputIds.arraySync()); // [ [ 2, 4, 5, 3, 6, 7, 8, 9, 10, 3 ] ]
 * console.log(batch.startPositions.arraySync(), batch.endPositions.arraySync()); // [ 7 ] [ 7 ]
 * for (const tensor of Object.values(batch)) tensor.dispose();
 * ```
 * @see https://github.com/google-research/bert/blob/master/run_squad.py
 */
export function squadProcessor(options: SquadProcessorOptions): SquadProcessor {
  return new WindowProcessor(options);
}

class WindowProcessor implements SquadProcessor {
  readonly truncated: TruncationCount = new TruncationCount();
  readonly #tokenizer: Tokenizer;
  readonly #options: Required<Omit<SquadProcessorOptions, 'tokenizer'>>;
  readonly #padding: number;
  #template: PairTemplate | undefined;
  /** The last context: the questions about one come one after another. */
  #context: (ContextTokens & { readonly text: string }) | undefined;

  constructor({ tokenizer, ...options }: SquadProcessorOptions) {
    const { maxLength = 384, docStride = 128, maxQueryLength = 64, padToMultipleOf = 8 } = options;
    for (const [name, value] of Object.entries({ maxLength, docStride, maxQueryLength, padToMultipleOf })) {
      assertWhole(`squadProcessor: ${name}`, value);
    }
    const { training = true, original = false } = options;
    this.#tokenizer = tokenizer;
    this.#options = { maxLength, docStride, maxQueryLength, padToMultipleOf, training, original };
    this.#padding = tokenizer.tokenToId('[PAD]') ?? tokenizer.tokenToId('<pad>') ?? 0;
  }

  get maxLength(): number {
    return this.#options.maxLength;
  }

  features(example: SquadExample): SquadFeature[] {
    const { maxLength, docStride, maxQueryLength } = this.#options;
    const whole = this.#encode(example, 'question').ids;
    const question = whole.subarray(0, maxQueryLength);
    const context = this.#contextOf(example);
    this.#template ??= pairTemplate(this.#tokenizer, example.context);
    const { before, between, behind, typeIds } = this.#template;
    const contextStart = before.ids.length + question.length + between.ids.length;
    const room = maxLength - contextStart - behind.ids.length;
    assertWhole('squadProcessor: maxLength', maxLength, maxLength - room + 1);
    const answer = this.#answer(example, context);
    this.truncated.add(example, whole.length - question.length);
    const windows = contextWindows(context.ids.length, room, docStride);
    const marks = maximumContext(windows);
    return windows.map(({ start, end }, window) => ({
      example,
      window,
      inputIds: Int32Array.from([
        ...before.ids,
        ...question,
        ...between.ids,
        ...context.ids.subarray(start, end),
        ...behind.ids,
      ]),
      tokenTypeIds: Int32Array.from([
        ...before.typeIds,
        ...Array.from(question, () => typeIds[0]),
        ...between.typeIds,
        ...Array.from({ length: end - start }, () => typeIds[1]),
        ...behind.typeIds,
      ]),
      contextStart,
      offsets: context.offsets.subarray(2 * start, 2 * end),
      maxContext: marks[window]!,
      ...positions(answer, start, end, contextStart),
    }));
  }

  collate(features: readonly SquadFeature[]): SquadBatch {
    const { maxLength, padToMultipleOf } = this.#options;
    const rows = features.map(({ inputIds }) => inputIds);
    const longest = rows.reduce((most, { length }) => Math.max(most, length), 0);
    const length = paddedLength(longest, padToMultipleOf, maxLength);
    const types = features.map(({ tokenTypeIds }) => tokenTypeIds);
    return {
      inputIds: paddedRows(rows, length, this.#padding),
      attentionMask: maskOfRows(rows, length),
      tokenTypeIds: paddedRows(types, length, 0),
      startPositions: tensor1d(
        Int32Array.from(features, ({ startPosition }) => startPosition),
        'int32',
      ),
      endPositions: tensor1d(
        Int32Array.from(features, ({ endPosition }) => endPosition),
        'int32',
      ),
    };
  }

  length({ inputIds }: SquadFeature): number {
    return inputIds.length;
  }

  #contextOf(example: SquadExample): ContextTokens {
    if (this.#context?.text === example.context) return this.#context;
    const { ids, offsets } = this.#encode(example, 'context');
    this.#context = { text: example.context, ids, offsets: Int32Array.from(offsets.flat()) };
    return this.#context;
  }

  #encode(example: SquadExample, field: 'question' | 'context'): ReturnType<Tokenizer['encode']> {
    const text = example[field];
    assertText(`question ${example.id}, ${field}`, text, undefined);
    const encoding = this.#tokenizer.encode(text, {
      addSpecialTokens: false,
      truncation: false,
      padding: false,
    });
    if (encoding.length > 0 || (field === 'question' && this.#options.original)) return encoding;
    throw new TenonError({
      subject: `${subjectOfQuestion(example)}, ${field}`,
      expected: 'a text with at least one token',
      got: shownValue(text),
      advice: 'Write the text, or leave the example out.',
    });
  }

  /** Where the answer is; `null` where there is none, `undefined` where it does not matter. */
  #answer(example: SquadExample, context: ContextTokens): TokenSpan | null | undefined {
    if (!this.#options.training) return undefined;
    if (example.isImpossible) return null;
    const [answer] = example.answers ?? []; // of a question to predict that comes to be learnt
    if (answer === undefined) {
      throw new TenonError({
        subject: `${subjectOfQuestion(example)}, answers`,
        expected: 'an answer to learn, or isImpossible: true',
        got: 'neither',
        advice: 'Label the example, leave it out, or pass training: false to predict.',
      });
    }
    return this.#options.original
      ? locateWords(example, answer, context, this.#tokenizer)
      : locateCharacters(example, answer, context);
  }
}

/** The answer's place in a window of tokens [start, end). */
function positions(
  answer: TokenSpan | null | undefined,
  start: number,
  end: number,
  contextStart: number,
): Pick<SquadFeature, 'startPosition' | 'endPosition'> {
  if (answer === undefined) return { startPosition: IGNORED, endPosition: IGNORED };
  if (answer === null || answer.first < start || answer.last >= end)
    return { startPosition: 0, endPosition: 0 };
  const shift = contextStart - start;
  return { startPosition: answer.first + shift, endPosition: answer.last + shift };
}
