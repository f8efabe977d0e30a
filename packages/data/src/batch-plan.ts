import { assertWhole, type Json, type RandomStream, TenonError } from '@tenon/core';
import { batchOrder, randomFor } from './batch-order.ts';
import { errorOfExample } from './example-error.ts';
import { type OnInvalid, reportInvalid } from './skipped-examples.ts';

/** How batches are made, with nothing left open. */
export interface BatchPlan<Example, Feature, Batch> {
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly shuffleBuffer: number;
  readonly seed: number;
  readonly epochs: number;
  readonly dropLast: boolean;
  readonly onInvalid: OnInvalid | undefined;
  readonly length: ((feature: Feature) => number) | undefined;
  features(example: Example): readonly Feature[];
  collate(features: readonly Feature[], random: RandomStream): Batch;
}

/** The batches that are made of some features: all of a list, or a block of a stream. */
export function orderOf<Feature>(
  plan: BatchPlan<never, Feature, unknown>,
  features: readonly Feature[],
  epoch: number,
  block: number,
): readonly Uint32Array[] {
  const { batchSize, shuffle, seed, length, dropLast } = plan;
  return batchOrder(features.length, {
    batchSize,
    random: shuffle ? randomFor('order', seed, epoch, block) : undefined,
    lengths: length && features.map((feature) => length(feature)),
    dropLast,
  });
}

export function batchOf<Feature, Batch>(
  plan: BatchPlan<never, Feature, Batch>,
  features: readonly Feature[],
  indices: Uint32Array,
  place: { readonly epoch: number; readonly batch: number },
): Batch {
  return plan.collate(
    Array.from(indices, (index) => features[index]!),
    randomFor('collate', plan.seed, place.epoch, place.batch),
  );
}

/**
 * An example's features, or none where it cannot be used, which is reported in the first epoch.
 *
 * @param place what errors call an example without an origin.
 */
export function featuresOf<Example, Feature>(
  plan: BatchPlan<Example, Feature, unknown>,
  example: Example,
  epoch: number,
  place: string,
): readonly Feature[] {
  try {
    return plan.features(example);
  } catch (cause) {
    const error = errorOfExample(cause, example, place);
    reportInvalid(error, epoch === 0 ? plan.onInvalid : plan.onInvalid && (() => {}));
    return [];
  }
}

/** Why there is nothing to go through, which for ever would be a loop without end. */
export function noBatches(
  { batchSize, dropLast }: { readonly batchSize: number; readonly dropLast: boolean },
  got: string,
): TenonError {
  return new TenonError({
    subject: 'batches',
    expected: dropLast ? `at least batchSize = ${batchSize} features, with dropLast` : 'at least one example',
    got,
    advice: 'Pass more examples, or look at those that were left out.',
  });
}

/** The parts of a position: `of` is a list's, `block` a stream's. */
export function epochAndBatch(position: Json): {
  readonly epoch: number;
  readonly batch: number;
  readonly of: Json | undefined;
  readonly block: Json | undefined;
} {
  const parts = position !== null && typeof position === 'object' && !Array.isArray(position) ? position : {};
  const whole = (name: string): number => {
    const value = parts[name];
    const number = typeof value === 'number' ? value : Number.NaN;
    assertWhole(`batches: position: ${name}`, number, 0);
    return number;
  };
  return { epoch: whole('epoch'), batch: whole('batch'), of: parts['of'], block: parts['block'] };
}
