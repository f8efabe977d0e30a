import type { StateDict, StoredTensor } from '@tenon/core';
import type { OpenFile } from './open-file.ts';

/** Bytes that are read at once. A block lives for as long as one of its tensors does. */
const MOST_BYTES = 2 ** 28;

/** Bytes of blocks that are read before any tensor is asked for: by several threads, where one tensor after the other needs one. */
const AHEAD_BYTES = 2 ** 29;

/** Tensors start at multiples of it in their block: vector instructions read whole cache lines. */
const ALIGNMENT = 64;

/** Where a tensor's float32 values lie in a file. */
interface Range {
  readonly file: Pick<OpenFile, 'read' | 'readByThreads'>;
  readonly place: number;
  /** In bytes. */
  readonly size: number;
}

/** By the tensor itself: what a model has made of one, transposed for instance, is another, whose bytes lie nowhere. */
const ranges = new WeakMap<StoredTensor, Range>();

/** Notes where the values of a tensor lie, as they are in memory, so that it can be read together with others. */
export function rememberRange(stored: StoredTensor, range: Range): void {
  ranges.set(stored, range);
}

/**
 * The same tensors, all of which are to be read now: those that lie one after another in a file come from it in
 * large blocks, and the arrays handed out are parts of them that do not overlap. With a buffer for each, making the buffers
 * takes longer than reading: new pages that are not huge ones, and a collection of garbage for every few of them.
 *
 * What is converted when it is read, and what stands alone in its file, is read as before.
 */
export async function inBlocks(weights: StateDict): Promise<StateDict> {
  let bytes = 0;
  const reading = blocksOf(new Set(weights.values())).map((block) => {
    bytes += bytesOf(block);
    return bytes <= AHEAD_BYTES ? readAhead(block) : partsOf(block);
  });
  const replaced = new Map<StoredTensor, StoredTensor>();
  // None is left behind that goes on reading a file that somebody closes.
  for (const outcome of await Promise.allSettled(reading)) {
    if (outcome.status === 'rejected') throw outcome.reason;
    for (const [stored, part] of outcome.value) replaced.set(stored, part);
  }
  return new Map([...weights].map(([name, stored]) => [name, replaced.get(stored) ?? stored]));
}

type Located = readonly [stored: StoredTensor, range: Range];

/** Tensors without gaps between them, in the order of their file. */
function blocksOf(tensors: Iterable<StoredTensor>): Located[][] {
  const files = new Map<Range['file'], Located[]>();
  for (const stored of tensors) {
    const range = ranges.get(stored);
    if (range === undefined) continue;
    const file = files.get(range.file);
    if (file === undefined) files.set(range.file, [[stored, range]]);
    else file.push([stored, range]);
  }
  return [...files.values()].flatMap((file) => {
    const blocks: Located[][] = [];
    for (const located of file.sort(([, a], [, b]) => a.place - b.place)) {
      const block = blocks.at(-1);
      if (block !== undefined && continues(block, located[1])) block.push(located);
      else blocks.push([located]);
    }
    return blocks;
  });
}

function continues(block: readonly Located[], { place, size }: Range): boolean {
  const start = block[0]![1].place;
  const last = block.at(-1)![1];
  return (
    last.place + last.size === place &&
    (place - start) % ALIGNMENT === 0 &&
    place + size - start <= MOST_BYTES
  );
}

const bytesOf = (block: readonly Located[]): number => block.reduce((sum, [, { size }]) => sum + size, 0);

async function readAhead(block: readonly Located[]): Promise<[StoredTensor, StoredTensor][]> {
  const [, { file, place }] = block[0]!;
  return partsOf(block, await file.readByThreads(place, bytesOf(block)));
}

/**
 * Tensors that take their part of a block, and let go of it when the last one has.
 *
 * @param ahead the block's bytes; without them, they are read when the first tensor is asked for.
 */
function partsOf(block: readonly Located[], ahead?: ArrayBuffer): [StoredTensor, StoredTensor][] {
  const [, { file, place: start }] = block[0]!;
  const waiting = new Set(block);
  let buffer = ahead;
  return block.map((located) => {
    const [stored, { place, size }] = located;
    const part = (): Float32Array | Int32Array => {
      // Two parameters may be given the same tensor: each has an array of its own.
      if (!waiting.delete(located)) return stored.read();
      buffer ??= file.read(start, bytesOf(block));
      const values = new Float32Array(buffer, place - start, size / Float32Array.BYTES_PER_ELEMENT);
      if (waiting.size === 0) buffer = undefined;
      return values;
    };
    return [stored, { ...stored, read: part }];
  });
}
