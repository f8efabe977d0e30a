import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * Cores this process may use. Two hardware threads of one core share its vector units, so a second thread
 * of arithmetic there is in the way of the first.
 */
export function physicalCores(): number {
  const threads = availableParallelism();
  return hardwareThreadsShareCores() ? Math.ceil(threads / 2) : threads;
}

/** Linux says so in a file; elsewhere Node cannot know, and a thread too many costs less than half of the cores. */
function hardwareThreadsShareCores(): boolean {
  try {
    return readFileSync('/sys/devices/system/cpu/smt/active', 'utf8').trim() === '1';
  } catch {
    return false;
  }
}
