// What is learnt from: examples as plain objects, in a list or read one after another, and what makes batches of them.

import type { Json } from '@tenon/core';

/** Where an example comes from: errors about it say so. */
export interface Origin {
  readonly file: string;
  /** The first line is 1. */
  readonly line?: number;
  /** The first row of a table that has no lines to count is 1. */
  readonly row?: number;
  /** The example's own name. */
  readonly id?: string;
}

/**
 * An origin as errors name it.
 *
 * @param subject what to say of an example whose origin is not known.
 * @example
 * ```ts
 * import { describeOrigin } from '@tenon/data';
 *
 * console.log(describeOrigin({ file: 'reviews.tsv', line: 17 })); // reviews.tsv, line 17
 * console.log(describeOrigin(undefined, 'text')); // text
 * ```
 */
export function describeOrigin(origin: Origin | undefined, subject = 'example'): string {
  if (origin === undefined) return subject;
  const { file, line, row, id } = origin;
  const places = Object.entries({ line, row, id }).filter(([, place]) => place !== undefined);
  return [file, ...places.map(([name, place]) => `${name} ${place}`)].join(', ');
}

/** A text or two, with what is to be learnt of them. */
export interface TextExample {
  readonly text: string;
  readonly textPair?: string;
  /** A class by name, a number to predict (regression), or every class that holds (multi-label). */
  readonly label?: string | number | readonly string[];
  readonly origin?: Origin;
}

/** Words, each with a tag: named entities, slots, parts of speech. */
export interface TaggedExample {
  readonly words: readonly string[];
  /** One for each word. */
  readonly tags?: readonly string[];
  /** What the whole utterance asks for. */
  readonly intent?: string;
  readonly origin?: Origin;
}

/** A question about a text (Rajpurkar et al. 2016). */
export interface SquadExample {
  readonly id: string;
  readonly question: string;
  readonly context: string;
  /** Every answer that counts as right; `start` is its first character's index in the context, in UTF-16 units. */
  readonly answers: readonly { readonly text: string; readonly start: number }[];
  /** The context does not say (SQuAD 2.0). */
  readonly isImpossible?: boolean;
  readonly title?: string;
  readonly origin?: Origin;
}

/** A text, and possible continuations or answers of which one is right. */
export interface ChoiceExample {
  readonly text: string;
  readonly choices: readonly string[];
  /** The index of the right one. */
  readonly label?: number;
  readonly origin?: Origin;
}

/** Sentences in their order: what next-sentence prediction draws from. */
export interface DocumentExample {
  readonly sentences: readonly string[];
  readonly origin?: Origin;
}

/** Examples that need not fit into memory: read one after another, as often as wanted, from any place written down. */
export interface ExampleStream<Example> {
  /** @param position what a cursor's `position` gave. @default the beginning */
  open(position?: Json): ExampleCursor<Example>;
}

/** A place in a stream that moves on. */
export interface ExampleCursor<Example> {
  /** The next example, or `undefined` after the last. */
  next(): Promise<Example | undefined>;
  /** The place before the next example. */
  position(): Json;
  close(): Promise<void>;
}

/** Examples in memory or on disk. */
export type Examples<Example> = readonly Example[] | ExampleStream<Example>;

/** How a task's examples become a model's batches. Features hold token ids and the like, and no tensors. */
export interface DataProcessor<Example, Feature, Batch> {
  /** The most tokens that a feature has: as many as the model has to be able to read. @default not known */
  readonly maxLength?: number;
  /**
   * What the model reads of an example: one feature, or several where it has to be cut into windows.
   *
   * @throws {TenonError} when the example is not fit to learn from: its origin and what is wrong.
   */
  features(example: Example): readonly Feature[];
  /** Features as the tensors of a batch, which the caller disposes of. */
  collate(features: readonly Feature[]): Batch;
  /** Tokens of a feature: those of a like number go into one batch where batches are made by length. */
  length(feature: Feature): number;
}
