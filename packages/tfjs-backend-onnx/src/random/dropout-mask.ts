import { instantiate } from '../instantiate.ts';
import { dropoutMaskBinary } from './dropout-mask-binary.ts';

/** What scripts/dropout-mask-wat.ts exports. */
interface MaskModule {
  readonly memory: WebAssembly.Memory;
  mask(out: number, end: number, counter: number, k0: number, k1: number, c0: number, limit: number): void;
}

/** Values made at a time: the module's one page of memory, which stays in the first-level cache. */
const CHUNK = 32_768;

let loaded: { module: MaskModule; scratch: Uint8Array } | null = null;

function load(): { module: MaskModule; scratch: Uint8Array } {
  if (loaded) return loaded;
  const module = instantiate<MaskModule>(dropoutMaskBinary);
  loaded = { module, scratch: new Uint8Array(module.memory.buffer, 0, CHUNK) };
  return loaded;
}

/**
 * Fills `out` with 0 (dropped, with probability `rate`) and 1, from the words that Threefry-2x32 gives for the key
 * (seed, step) and the counters (call, 0), (call, 2), ...: word i drops value i where it is below rate · 2³².
 */
export function dropoutMask(seed: number, step: number, call: number, rate: number, out: Uint8Array): void {
  const limit = Math.ceil(rate * 2 ** 32);
  if (limit >= 2 ** 32) {
    out.fill(0);
    return;
  }
  const { module, scratch } = load();
  for (let start = 0; start < out.length; start += CHUNK) {
    const count = Math.min(CHUNK, out.length - start);
    module.mask(0, count, start, seed, step, call, limit);
    out.set(count === CHUNK ? scratch : scratch.subarray(0, count), start);
  }
}
