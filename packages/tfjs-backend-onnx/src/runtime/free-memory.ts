/** Where the operating system says how much memory is left: Node on every platform; a browser does not tell. */
const host = globalThis.process as NodeJS.Process | undefined;

/**
 * Systems promise more memory than they have and end the process that comes to use it. So before so many bytes of new
 * memory are used, this looks whether they are there, and `letGo` and a collection of garbage get a chance to free some.
 *
 * @throws where they are not: an error can be answered, the end of the process cannot
 */
export function expectFreeMemory(bytes: number, letGo: () => void): void {
  if (bytes <= freeBytes()) return;
  letGo();
  collectGarbage();
  if (bytes <= freeBytes()) return;
  throw new RangeError(
    `expected ${gigabytes(bytes)} of free memory, got ${gigabytes(freeBytes())}. Dispose of tensors that are no ` +
      'longer needed (tf.tidy does), or make the batch smaller.',
  );
}

function freeBytes(): number {
  return host?.availableMemory?.() ?? Infinity;
}

function collectGarbage(): void {
  const [v8, vm] = ['node:v8', 'node:vm'].map((id) => host?.getBuiltinModule(id)) as [
    typeof import('node:v8') | undefined,
    typeof import('node:vm') | undefined,
  ];
  if (!v8 || !vm) return;
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  // The memory of arrays goes back while the garbage of the next collection is awaited.
  collect();
  collect();
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
