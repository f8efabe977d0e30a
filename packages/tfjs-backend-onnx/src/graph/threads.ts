import type { Schedule } from './schedule.ts';
import { isLiteral, type LazyValue, type Operation } from './value.ts';

/** Up to so many numbers in the largest value that it works on, a graph is done sooner on one thread than others are woken. */
const ONE_THREAD = 2 ** 16;

/** How many of `threads` a graph is worth. An LSTM of a thousand small operators takes 70 ms on one and 74 on two. */
export function threadsFor({ operations }: Schedule, threads: number): number {
  return operations.every(isSmall) ? 1 : threads;
}

function isSmall({ type, inputs, outputs }: Operation): boolean {
  if (!outputs.every(fitsOneThread)) return false;
  return PICKS.includes(type) || inputs.every((input) => isLiteral(input) || fitsOneThread(input));
}

/** Operators that read what they give, not all that they are given. */
const PICKS: readonly string[] = ['Gather', 'Reshape', 'Slice'];

function fitsOneThread({ size }: LazyValue): boolean {
  return size <= ONE_THREAD;
}
