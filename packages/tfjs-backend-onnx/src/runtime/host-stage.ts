import type { HostMemory, LazyValue, Memory, Operation } from '../graph/value.ts';
import type { MemoryType } from './buffer-pool.ts';
import type { Memories } from './memories.ts';

/**
 * Runs an operation on the host and settles its outputs.
 * @param replaceable for every input whether nobody else needs its memory: it may become an output's
 */
export function runOnHost(operation: Operation, replaceable: readonly boolean[], memories: Memories): void {
  const { inPlace, run } = operation.host!;
  const inputs = hostInputs(operation);
  const storages = operation.outputs.map((output, index): HostMemory => {
    const place = inPlace[index] ?? null;
    if (place === null) return memories.pool.take(output.type as MemoryType, output.size);
    const from = inputs[place]!.storage as HostMemory; // whoever calls this has brought it to the host
    const alone =
      replaceable[place] && !from.device && isReadOnce(place, inputs) && inPlace.lastIndexOf(place) === index;
    return alone ? memories.takeOver(from) : memories.pool.copy(output.type as MemoryType, from.array);
  });
  run(
    inputs.map(({ storage }) => storage!.array!),
    storages.map(({ array }) => array),
  );
  operation.outputs.forEach((output, index) => {
    output.settle(storages[index]!);
  });
}

/** Whether an operation sees the memory of that input as no other input too. */
function isReadOnce(place: number, inputs: readonly LazyValue[]): boolean {
  return inputs.every(({ storage }, index) => index === place || storage !== inputs[place]!.storage);
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
