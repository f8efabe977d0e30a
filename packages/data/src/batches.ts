import { assertWhole, type BatchSource, type Json, type RandomStream, TenonError } from '@tenon/core';
import { batchOrder, randomFor } from './batch-order.ts';
import type { DataProcessor } from './examples.ts';
import { type OnInvalid, reportInvalid } from './skipped-examples.ts';

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
  /** Told of examples that cannot be used, which are then left out, instead of the error being thrown. */
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

/** Batches that know how many make an epoch. The position is `{ epoch, batch }`, and more where examples are streamed. */
export interface ExampleBatches<Batch> extends BatchSource<Batch> {
  /** Not known of a stream. */
  readonly batchesPerEpoch?: number;
}

/**
 * Batches of examples, in an order that depends on the seed and the epoch alone: a run that is resumed at a position
 * goes on with exactly the batches it would have seen.
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
 * console.log(source.position()); // { epoch: 0, batch: 1 }
 * console.log(await source.next(), await source.next()); // c undefined
 * ```
 */
export function batches<Example, Batch>(
  examples: readonly Example[],
  options: BatchesOptions<Example, Batch>,
): ExampleBatches<Batch>;
/** The same of what is made of the examples: `batchSize` counts features, and an example may give several. */
export function batches<Example, Feature, Batch>(
  examples: readonly Example[],
  options: BatchesOptions<Feature, Batch> & Pick<DataProcessor<Example, Feature, Batch>, 'features'>,
): ExampleBatches<Batch>;
export function batches<Example, Feature, Batch>(
  examples: readonly Example[],
  options: BatchesOptions<Feature, Batch> & Partial<Pick<DataProcessor<Example, Feature, Batch>, 'features'>>,
): ExampleBatches<Batch> {
  const { batchSize, epochs = 1 } = options;
  assertWhole('batches: batchSize', batchSize);
  if (epochs !== Number.POSITIVE_INFINITY) assertWhole('batches: epochs', epochs, 0);
  // Without `features`, the overloads have the examples themselves be the features.
  const features = options.features?.bind(options) ?? ((example: Example) => [example as unknown as Feature]);
  return new ListBatches(examples, { ...options, features });
}

export interface ProcessedBatchesOptions extends BatchOrderOptions {
  /** Batches of features of like length, so that less is padding. @default false */
  readonly groupByLength?: boolean;
}

/**
 * Batches as a task's processor makes them; see `batches`.
 *
 * @throws {TenonError} as `batches` does.
 */
export function processedBatches<Example, Feature, Batch>(
  examples: readonly Example[],
  processor: DataProcessor<Example, Feature, Batch>,
  { groupByLength = false, ...options }: ProcessedBatchesOptions,
): ExampleBatches<Batch> {
  return batches(examples, {
    ...options,
    features: (example) => processor.features(example),
    collate: (features) => processor.collate(features),
    ...(groupByLength && { length: (feature: Feature) => processor.length(feature) }),
  });
}

type AllOptions<Example, Feature, Batch> = BatchesOptions<Feature, Batch> &
  Pick<DataProcessor<Example, Feature, Batch>, 'features'>;

/** Batches of a list: its features are made once, at the first use, and kept. */
class ListBatches<Example, Feature, Batch> implements ExampleBatches<Batch> {
  readonly #examples: readonly Example[];
  readonly #options: AllOptions<Example, Feature, Batch>;
  readonly #seed: number;
  readonly #epochs: number;
  #features: readonly Feature[] | undefined;
  #order: { readonly epoch: number; readonly batches: readonly Uint32Array[] } | undefined;
  #epoch = 0;
  #batch = 0;

  constructor(examples: readonly Example[], options: AllOptions<Example, Feature, Batch>) {
    this.#examples = examples;
    this.#options = options;
    this.#seed = options.seed ?? 42;
    this.#epochs = options.epochs ?? 1;
  }

  get batchesPerEpoch(): number {
    return this.#orderOf(0).length;
  }

  async next(): Promise<Batch | undefined> {
    if (this.#epoch >= this.#epochs) return undefined;
    const order = this.#orderOf(this.#epoch);
    const features = this.#made();
    const indices = order[this.#batch]!;
    const random = randomFor('collate', this.#seed, this.#epoch, this.#batch);
    const batch = this.#options.collate(
      Array.from(indices, (index) => features[index]!),
      random,
    );
    if (++this.#batch === order.length) {
      this.#epoch++;
      this.#batch = 0;
    }
    return batch;
  }

  position(): Json {
    return { epoch: this.#epoch, batch: this.#batch };
  }

  seek(position: Json): void {
    const { epoch, batch } = batchPosition(position);
    if (batch !== 0 && batch >= this.batchesPerEpoch) {
      throw new TenonError({
        subject: 'batches: position',
        expected: `a batch below ${this.batchesPerEpoch}, the batches of an epoch`,
        got: String(batch),
        advice: 'Go on with the examples, the batch size and the processor that the position comes from.',
      });
    }
    [this.#epoch, this.#batch] = [epoch, batch];
  }

  #made(): readonly Feature[] {
    const { features, onInvalid } = this.#options;
    this.#features ??= this.#examples.flatMap((example) => {
      try {
        return features(example);
      } catch (error) {
        reportInvalid(error, onInvalid);
        return [];
      }
    });
    return this.#features;
  }

  #orderOf(epoch: number): readonly Uint32Array[] {
    if (this.#order?.epoch === epoch) return this.#order.batches;
    const { batchSize, shuffle = false, length, dropLast = false } = this.#options;
    const features = this.#made();
    const batches = batchOrder(features.length, {
      batchSize,
      random: shuffle ? randomFor('order', this.#seed, epoch, 0) : undefined,
      lengths: length && features.map((feature) => length(feature)),
      dropLast,
    });
    if (batches.length === 0) {
      throw new TenonError({
        subject: 'batches',
        expected: dropLast
          ? `at least batchSize = ${batchSize} features, with dropLast`
          : 'at least one example',
        got: features.length === 0 ? `none of ${this.#examples.length} examples` : String(features.length),
        advice: 'Pass more examples, or look at those that were left out.',
      });
    }
    this.#order = { epoch, batches };
    return batches;
  }
}

function batchPosition(position: Json): { readonly epoch: number; readonly batch: number } {
  const { epoch, batch } =
    position !== null && typeof position === 'object' && !Array.isArray(position) ? position : {};
  assertWhole('batches: position: epoch', typeof epoch === 'number' ? epoch : Number.NaN, 0);
  assertWhole('batches: position: batch', typeof batch === 'number' ? batch : Number.NaN, 0);
  return { epoch: epoch as number, batch: batch as number };
}
