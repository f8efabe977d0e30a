import { assertWhole, type BatchSource, type Json, TenonError } from '@tenon/core';
import { batchesGiven, type CountedOf, countedPosition } from '../counted-position.ts';

export interface SegmentOptions {
  /** B: streams that are read side by side. */
  readonly batchSize: number;
  /** T: tokens of a segment. */
  readonly length: number;
  /** How often to go through the text; `Infinity` for ever. @default 1 */
  readonly epochs?: number;
  /** Leaves out the last segment of the streams where it is shorter than the others. @default false */
  readonly dropLast?: boolean;
}

/** One segment of every stream. */
export interface Segment {
  /** Where each stream's segment starts in the text, [B]. */
  readonly starts: readonly number[];
  readonly length: number;
  /** Whether the segments follow those of the batch before. */
  readonly continues: boolean;
}

/**
 * A text cut into B streams of one length, which are read a segment at a time. The position is the number of batches
 * given, with what they depend on.
 */
export class SegmentSource<Batch> implements BatchSource<Batch> {
  readonly batchesPerEpoch: number;
  readonly #subject: string;
  readonly #streamLength: number;
  readonly #options: SegmentOptions;
  readonly #of: CountedOf;
  readonly #make: (segment: Segment) => Batch;
  #given = 0;

  /** @throws {TenonError} when the text has not a segment, or with `dropLast` not a whole one, for each stream. */
  constructor(subject: string, size: number, options: SegmentOptions, make: (segment: Segment) => Batch) {
    const { batchSize, length, epochs = 1, dropLast = false } = options;
    assertWhole(`${subject}: batchSize`, batchSize);
    assertWhole(`${subject}: length`, length);
    if (epochs !== Number.POSITIVE_INFINITY) assertWhole(`${subject}: epochs`, epochs, 0);
    this.#subject = subject;
    this.#streamLength = Math.floor(size / batchSize);
    this.#options = options;
    this.#make = make;
    this.batchesPerEpoch = Math[dropLast ? 'floor' : 'ceil'](this.#streamLength / length);
    this.#of = { targets: size, batchSize, length, batchesPerEpoch: this.batchesPerEpoch };
    if (this.batchesPerEpoch > 0) return;
    throw new TenonError({
      subject: `${subject}: text`,
      expected: `at least ${batchSize * (dropLast ? length : 1)} tokens, for ${batchSize} streams`,
      got: String(size),
      advice: 'Pass a longer text, or a smaller batchSize.',
    });
  }

  async next(): Promise<Batch | undefined> {
    const { batchSize, length, epochs = 1 } = this.#options;
    if (this.#given >= epochs * this.batchesPerEpoch) return undefined;
    const offset = (this.#given % this.batchesPerEpoch) * length;
    this.#given++;
    return this.#make({
      starts: Array.from({ length: batchSize }, (_, stream) => stream * this.#streamLength + offset),
      length: Math.min(length, this.#streamLength - offset),
      continues: offset > 0,
    });
  }

  position(): Json {
    return countedPosition(this.#given, this.#of);
  }

  seek(position: Json): void {
    this.#given = batchesGiven(this.#subject, position, this.#of);
  }
}
