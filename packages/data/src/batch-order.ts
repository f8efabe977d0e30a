import { RandomKey, RandomStream } from '@tenon/core';

/** Batches that are sorted by length together, as many as Hugging Face's `group_by_length` takes. */
const MEGABATCH = 50;

/** What an order depends on. */
export interface OrderOptions {
  readonly batchSize: number;
  /** Where a random order is drawn from; without one, the order is that of the features. */
  readonly random: RandomStream | undefined;
  /** Tokens of each feature, where batches are to hold features of like length. */
  readonly lengths: readonly number[] | undefined;
  readonly dropLast: boolean;
}

/**
 * The indices of `count` features as batches. By length, runs of 50 batches are sorted (drawn at random first), so
 * that little is padding and yet no epoch is like another.
 */
export function batchOrder(count: number, options: OrderOptions): readonly Uint32Array[] {
  const { batchSize, random, lengths, dropLast } = options;
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  if (random !== undefined) shuffle(order, random.next());
  if (lengths !== undefined) {
    const run = MEGABATCH * batchSize;
    for (let start = 0; start < count; start += run) {
      // Stable, longest first: what does not fit into memory fails early.
      order.subarray(start, start + run).sort((a, b) => lengths[b]! - lengths[a]!);
    }
  }
  const batches: Uint32Array[] = [];
  for (let start = 0; start < count; start += batchSize)
    batches.push(order.subarray(start, start + batchSize));
  if (dropLast && count % batchSize !== 0) batches.pop();
  if (random !== undefined && lengths !== undefined) shuffle(batches, random.next());
  return batches;
}

/** Fisher and Yates's shuffle, in place. */
export function shuffle<Item>(
  items: { readonly length: number; [index: number]: Item },
  key: RandomKey,
): void {
  const bits = key.bits(items.length);
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(bits[i]! * 2 ** -32 * (i + 1));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
}

/** What random numbers are for. Each purpose has its own, far beyond the calls in which a model's dropout draws. */
type Purpose = 'order' | 'collate' | 'split' | 'pairs';
const CALLS: Record<Purpose, number> = {
  order: 2 ** 31 + 1,
  collate: 2 ** 31 + 2,
  split: 2 ** 31 + 3,
  pairs: 2 ** 31 + 4,
};

/** Random numbers that depend on seed, purpose, epoch and place alone. */
export function randomFor(purpose: Purpose, seed: number, epoch: number, place: number): RandomStream {
  return new RandomStream(new RandomKey(seed, epoch, CALLS[purpose]).bits(1)[0]!, place);
}
