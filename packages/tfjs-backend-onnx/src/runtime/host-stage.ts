import type { HostMemory, LazyValue, Memory, Operation } from '../graph/value.ts';
import type { MemoryType } from './buffer-pool.ts';
import type { Memories } from './memories.ts';

/**
 * Runs an operation on the host and gives its outputs' memory.
 * @param read the memory of its inputs
 * @param replaceable for every input whether nobody else needs its memory: it may become an output's
 */
export function runOnHost(
  operation: Operation,
  read: readonly HostMemory[],
  replaceable: readonly boolean[],
  memories: Memories,
): readonly HostMemory[] {
  const { inPlace, run } = operation.host!;
  const made = operation.outputs.map((output, index): HostMemory => {
    const place = inPlace[index] ?? null;
    if (place === null) return memories.pool.take(output.type as MemoryType, output.size);
    const from = read[place]!;
    // No other output takes it over, and the operation reads it as no other input.
    const isOnly = inPlace.lastIndexOf(place) === index && read.indexOf(from) === read.lastIndexOf(from);
    return replaceable[place] && isOnly && !from.device
      ? memories.takeOver(from)
      : memories.pool.copy(output.type as MemoryType, from.array);
  });
  run(
    read.map(({ array }) => array),
    made.map(({ array }) => array),
  );
  return made;
}

/** The values that an operation on the host reads; it has no literals. */
export function hostInputs(operation: Operation): readonly LazyValue[] {
  return operation.inputs as readonly LazyValue[]; // hostOperation takes nothing else
}

/** Gives the memory of computed values that no tensor holds to whoever asks next, after the coming run. */
export function releaseUnheld(
  values: readonly LazyValue[],
  release: (value: LazyValue, storage: Memory) => void,
): void {
  const released = new Set<Memory>();
  for (const value of values) {
    const storage = value.storage!;
    if (storage.holders > 0 || released.has(storage)) continue;
    released.add(storage);
    release(value, storage);
  }
}
