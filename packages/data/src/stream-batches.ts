import { assertWhole, type BatchSource, type Json, TenonError } from '@tenon/core';
import { type BatchPlan, batchOf, epochAndBatch, featuresOf, noBatches, orderOf } from './batch-plan.ts';
import type { ExampleStream } from './examples.ts';
import { type FeaturePlace, FeatureReader, readPlace, writtenPlace } from './feature-reader.ts';

/** Batches that are sorted by length together where nothing is shuffled: as many as `batchOrder` sorts. */
const SORTED = 50;
const BEGINNING: FeaturePlace = { at: undefined, skip: 0 };

interface Block<Feature> {
  readonly features: readonly Feature[];
  readonly order: readonly Uint32Array[];
}

/**
 * Batches of a stream, of which one block is in memory. Every block but an epoch's last one is a whole number of batches,
 * so that block and place in it follow from the batch's number, and its order depends on nothing before it.
 */
export class StreamBatches<Example, Feature, Batch> implements BatchSource<Batch> {
  readonly #examples: ExampleStream<Example>;
  readonly #plan: BatchPlan<Example, Feature, Batch>;
  readonly #batchesPerBlock: number;
  #epoch = 0;
  #batch = 0;
  /** Where the block begins that the next batch is of. */
  #place: FeaturePlace = BEGINNING;
  #block: Block<Feature> | undefined;
  /** Stands behind the block, or before it where none is read. */
  #reader: FeatureReader<Example, Feature> | undefined;
  readonly #givenUp: FeatureReader<Example, Feature>[] = [];

  constructor(examples: ExampleStream<Example>, plan: BatchPlan<Example, Feature, Batch>) {
    assertWhole('batches: shuffleBuffer', plan.shuffleBuffer);
    this.#examples = examples;
    this.#plan = plan;
    const { shuffle, shuffleBuffer, batchSize, length } = plan;
    this.#batchesPerBlock = shuffle
      ? Math.ceil(shuffleBuffer / batchSize)
      : length === undefined
        ? 1
        : SORTED;
  }

  async next(): Promise<Batch | undefined> {
    for (const reader of this.#givenUp.splice(0)) await reader.close();
    const place = { epoch: this.#epoch, batch: this.#batch };
    if (place.epoch >= this.#plan.epochs) return undefined;
    try {
      const { features, order } = await this.#readBlock();
      const inBlock = place.batch % this.#batchesPerBlock;
      const indices = order[inBlock];
      if (indices === undefined)
        throw noBatches(this.#plan, `${features.length} at this place of the stream`);
      const batch = batchOf(this.#plan, features, indices, place);
      if (inBlock + 1 === order.length) await this.#endBlock();
      else this.#batch++;
      return batch;
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  position(): Json {
    const block = writtenPlace(this.#place, this.#firstOf(this.#batch));
    return { epoch: this.#epoch, batch: this.#batch, block };
  }

  seek(position: Json): void {
    const { epoch, batch, block } = epochAndBatch(position);
    const { place, first } = readPlace(block);
    if (first !== this.#firstOf(batch)) {
      throw new TenonError({
        subject: 'batches: position',
        expected: `batch ${batch} in a block that begins at batch ${this.#firstOf(batch)}`,
        got: `one that begins at ${first}`,
        advice: 'Go on with the batchSize, the shuffleBuffer and the features that the position comes from.',
      });
    }
    this.#forget();
    [this.#epoch, this.#batch, this.#place] = [epoch, batch, place];
  }

  /** The first batch of the block that a batch is in. */
  #firstOf(batch: number): number {
    return batch - (batch % this.#batchesPerBlock);
  }

  async #readBlock(): Promise<Block<Feature>> {
    if (this.#block !== undefined) return this.#block;
    const epoch = this.#epoch;
    const number = Math.floor(this.#batch / this.#batchesPerBlock);
    this.#reader ??= new FeatureReader(
      this.#examples,
      (example, at) => featuresOf(this.#plan, example, epoch, `the example at ${JSON.stringify(at)}`),
      this.#place,
    );
    const features = await this.#reader.take(this.#batchesPerBlock * this.#plan.batchSize);
    this.#block = { features, order: orderOf(this.#plan, features, epoch, number) };
    return this.#block;
  }

  /** Goes to the next block or, where no batch is left, to the next epoch. */
  async #endBlock(): Promise<void> {
    const reader = this.#reader!;
    const more = await reader.has(this.#plan.dropLast ? this.#plan.batchSize : 1);
    this.#block = undefined;
    if (more) {
      this.#batch++;
      this.#place = reader.place();
    } else {
      this.#epoch++;
      this.#batch = 0;
      this.#place = BEGINNING;
      this.#reader = undefined;
      await reader.close();
    }
  }

  #forget(): void {
    if (this.#reader !== undefined) this.#givenUp.push(this.#reader);
    this.#reader = this.#block = undefined;
  }
}
