/** How calls of one tfjs kernel were served. */
export interface KernelReport {
  readonly kernel: string;
  /** Calls recorded into a graph (or done in place). */
  readonly lowered: number;
  /** Calls done by the cpu backend's kernel on host data. */
  readonly fallback: number;
  /** Milliseconds in the cpu backend's kernel. */
  readonly fallbackMs: number;
}

/** Counts of one kernel's calls, for whoever serves them to add to. */
export interface KernelCounts {
  lowered: number;
  fallback: number;
  fallbackMs: number;
}

const calls = new Map<string, KernelCounts>();

/**
 * Which tfjs kernels ran in the graph and which fell back to the cpu backend since the process started,
 * the most expensive fallback first.
 *
 * @example
 * ```ts
 * import { report } from '@tenon/tfjs-backend-onnx';
 *
 * console.table(report().filter(({ fallback }) => fallback > 0));
 * ```
 */
export function report(): KernelReport[] {
  return [...calls]
    .filter(([, { lowered, fallback }]) => lowered + fallback > 0)
    .map(([kernel, counts]) => ({ kernel, ...counts }))
    .sort((a, b) => b.fallbackMs - a.fallbackMs || b.lowered - a.lowered);
}

export function countsOf(kernel: string): KernelCounts {
  const known = calls.get(kernel);
  if (known) return known;
  const counts = { lowered: 0, fallback: 0, fallbackMs: 0 };
  calls.set(kernel, counts);
  return counts;
}
