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

const calls = new Map<string, { lowered: number; fallback: number; fallbackMs: number }>();

export function countLowered(kernel: string): void {
  entry(kernel).lowered++;
}

export function countFallback(kernel: string, milliseconds: number): void {
  const counts = entry(kernel);
  counts.fallback++;
  counts.fallbackMs += milliseconds;
}

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
    .map(([kernel, counts]) => ({ kernel, ...counts }))
    .sort((a, b) => b.fallbackMs - a.fallbackMs || b.lowered - a.lowered);
}

function entry(kernel: string): { lowered: number; fallback: number; fallbackMs: number } {
  const known = calls.get(kernel);
  if (known) return known;
  const counts = { lowered: 0, fallback: 0, fallbackMs: 0 };
  calls.set(kernel, counts);
  return counts;
}
