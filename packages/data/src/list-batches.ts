import { type BatchSource, type Json, TenonError } from '@tenon/core';
import { type BatchPlan, batchOf, epochAndBatch, featuresOf, noBatches, orderOf } from './batch-plan.ts';

/** Batches of a list: its features are made once, at the first use, and kept. */
export class ListBatches<Example, Feature, Batch> implements BatchSource<Batch> {
  readonly #examples: readonly Example[];
  readonly #plan: BatchPlan<Example, Feature, Batch>;
  #features: readonly Feature[] | undefined;
  #order: { readonly epoch: number; readonly batches: readonly Uint32Array[] } | undefined;
  #epoch = 0;
  #batch = 0;

  constructor(examples: readonly Example[], plan: BatchPlan<Example, Feature, Batch>) {
    this.#examples = examples;
    this.#plan = plan;
  }

  get batchesPerEpoch(): number {
    return (this.#order?.batches ?? this.#orderOf(0)).length;
  }

  async next(): Promise<Batch | undefined> {
    const place = { epoch: this.#epoch, batch: this.#batch };
    if (place.epoch >= this.#plan.epochs) return undefined;
    const order = this.#orderOf(place.epoch);
    const batch = batchOf(this.#plan, this.#made(), order[place.batch]!, place);
    if (++this.#batch === order.length) {
      this.#epoch++;
      this.#batch = 0;
    }
    return batch;
  }

  position(): Json {
    const place = { epoch: this.#epoch, batch: this.#batch };
    return this.#batch === 0 ? place : { ...place, of: this.batchesPerEpoch };
  }

  seek(position: Json): void {
    const { epoch, batch, of } = epochAndBatch(position);
    if (batch !== 0) this.#assertPlace(batch, of ?? this.batchesPerEpoch);
    [this.#epoch, this.#batch] = [epoch, batch];
  }

  /** Within an epoch, a place is one of the same batches. */
  #assertPlace(batch: number, of: Json): void {
    const { batchesPerEpoch } = this;
    const same = of === batchesPerEpoch;
    if (same && batch < batchesPerEpoch) return;
    throw new TenonError({
      subject: 'batches: position',
      expected: same
        ? `a batch below ${batchesPerEpoch}, the batches of an epoch`
        : `one of an epoch of ${batchesPerEpoch} batches`,
      got: same ? String(batch) : `one of ${JSON.stringify(of)}`,
      advice: 'Go on with the examples, the batch size and the features that the position comes from.',
    });
  }

  #made(): readonly Feature[] {
    this.#features ??= this.#examples.flatMap((example, i) =>
      featuresOf(this.#plan, example, 0, `examples[${i}]`),
    );
    return this.#features;
  }

  #orderOf(epoch: number): readonly Uint32Array[] {
    if (this.#order?.epoch === epoch) return this.#order.batches;
    const features = this.#made();
    const batches = orderOf(this.#plan, features, epoch, 0);
    if (batches.length === 0)
      throw noBatches(this.#plan, `${features.length} of ${this.#examples.length} examples`);
    this.#order = { epoch, batches };
    return batches;
  }
}
