import { assertWhole, type BatchSource, type Json, TenonError } from '@tenon/core';

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
 * given.
 */
export class SegmentSource<Batch> implements BatchSource<Batch> {
  readonly batchesPerEpoch: number;
  readonly #subject: string;
  readonly #streamLength: number;
  readonly #options: SegmentOptions;
  readonly #make: (segment: Segment) => Batch;
  #position = 0;

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
    if (this.#position >= epochs * this.batchesPerEpoch) return undefined;
    const offset = (this.#position % this.batchesPerEpoch) * length;
    this.#position++;
    return this.#make({
      starts: Array.from({ length: batchSize }, (_, stream) => stream * this.#streamLength + offset),
      length: Math.min(length, this.#streamLength - offset),
      continues: offset > 0,
    });
  }

  position(): Json {
    return this.#position;
  }

  seek(position: Json): void {
    const batch = typeof position === 'number' ? position : Number.NaN;
    assertWhole(`${this.#subject}: position`, batch, 0);
    this.#position = batch;
  }
}
