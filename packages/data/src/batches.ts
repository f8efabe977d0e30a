import { assertWhole, type BatchSource, type RandomStream } from '@tenon/core';
import type { BatchPlan } from './batch-plan.ts';
import type { DataProcessor, Examples } from './examples.ts';
import { ListBatches } from './list-batches.ts';
import type { OnInvalid } from './skipped-examples.ts';
import { StreamBatches } from './stream-batches.ts';

/** Where and how often batches are drawn; see `batches`. */
export interface BatchOrderOptions {
  /** B: features in a batch. */
  readonly batchSize: number;
  /** A new random order in every epoch, which depends on seed and epoch alone. @default false */
  readonly shuffle?: boolean;
  /** @default 42 */
  readonly seed?: number;
  /** How often to go through the examples; `Infinity` for ever. @default 1 */
  readonly epochs?: number;
  /** Leaves out the last batch of an epoch where it is smaller than the others. @default false */
  readonly dropLast?: boolean;
  /**
   * Examples of a stream that are in memory at once and shuffled together, one such block after another.
   * @default 10,000
   */
  readonly shuffleBuffer?: number;
  /**
   * Told of examples that `features` cannot use, in the first epoch; they are left out, instead of the error being thrown.
   */
  readonly onInvalid?: OnInvalid;
}

export interface BatchesOptions<Feature, Batch> extends BatchOrderOptions {
  /**
   * A batch of features. What it draws from `random` depends on seed, epoch and batch alone, so that masks that are new
   * in every epoch are the same after a resume.
   */
  collate(features: readonly Feature[], random: RandomStream): Batch;
  /** Tokens of a feature. Given, features of like length go into one batch, and less of it is padding. */
  readonly length?: (feature: Feature) => number;
}

/**
 * Batches of examples, in an order that depends on the seed and the epoch alone: a run that is resumed at a position
 * goes on with exactly the batches it would have seen. The position is `{ epoch, batch }`, with how many batches an epoch
 * has (`of`), or of a stream with the `block` that is shuffled together: where these are others than before, it is refused.
 *
 * What `features` makes of a list is made once and kept; of a stream, one block is in memory, and `batchesPerEpoch` is not
 * known.
 *
 * By length (`length`), runs of 50 batches are sorted, longest first; where they are shuffled too, the runs are drawn
 * at random first and the batches change places after, as Hugging Face's `group_by_length` has it.
 *
 * @throws {TenonError} when there are no examples, or too few for one batch with `dropLast`.
 * @example
 * ```ts
 * import { batches } from '@tenon/data';
 *
 * const source = batches(['a', 'b', 'c'], { batchSize: 2, collate: (texts) => texts.join(' ') });
 * console.log(await source.next(), source.batchesPerEpoch); // a b 2
 * console.log(source.position()); // { epoch: 0, batch: 1, of: 2 }
 * console.log(await source.next(), await source.next()); // c undefined
 * ```
 */
export function batches<Example, Batch>(
  examples: Examples<Example>,
  options: BatchesOptions<Example, Batch>,
): BatchSource<Batch>;
/** The same of what is made of the examples: `batchSize` counts features, and an example may give several. */
export function batches<Example, Feature, Batch>(
  examples: Examples<Example>,
  options: BatchesOptions<Feature, Batch> & Pick<DataProcessor<Example, Feature, Batch>, 'features'>,
): BatchSource<Batch>;
export function batches<Example, Feature, Batch>(
  examples: Examples<Example>,
  options: BatchesOptions<Feature, Batch> & Partial<Pick<DataProcessor<Example, Feature, Batch>, 'features'>>,
): BatchSource<Batch> {
  const {
    batchSize,
    epochs = 1,
    shuffle = false,
    shuffleBuffer = 10_000,
    seed = 42,
    dropLast = false,
  } = options;
  assertWhole('batches: batchSize', batchSize);
  if (epochs !== Number.POSITIVE_INFINITY) assertWhole('batches: epochs', epochs, 0);
  const plan: BatchPlan<Example, Feature, Batch> = {
    ...{ batchSize, epochs, shuffle, shuffleBuffer, seed, dropLast },
    onInvalid: options.onInvalid,
    length: options.length,
    // Without `features`, the overloads have the examples themselves be the features.
    features: (example) => options.features?.(example) ?? [example as unknown as Feature],
    collate: (features, random) => options.collate(features, random),
  };
  return 'open' in examples ? new StreamBatches(examples, plan) : new ListBatches(examples, plan);
}

export interface ProcessedBatchesOptions extends BatchOrderOptions {
  /** Batches of features of like length, so that less is padding. @default false */
  readonly groupByLength?: boolean;
}

/**
 * Batches as a task's processor makes them; see `batches`. The processor's `collate` draws nothing at random: what does,
 * as masks of words do, passes a `collate` of its own to `batches`.
 *
 * @throws {TenonError} as `batches` does.
 */
export function processedBatches<Example, Feature, Batch>(
  examples: Examples<Example>,
  processor: DataProcessor<Example, Feature, Batch>,
  { groupByLength = false, ...options }: ProcessedBatchesOptions,
): BatchSource<Batch> {
  return batches(examples, {
    ...options,
    features: (example) => processor.features(example),
    collate: (features) => processor.collate(features),
    ...(groupByLength && { length: (feature: Feature) => processor.length(feature) }),
  });
}
