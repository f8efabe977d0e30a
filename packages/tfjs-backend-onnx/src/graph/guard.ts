import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { HostArray, LazyValue, Memory } from './value.ts';

/** Stands beside the backend while a function is recorded that is run later, or elsewhere: nothing runs meanwhile. */
export interface Guard {
  /** Values whose memory lost its last holder meanwhile; it is not lent anew, since the recording may read it. */
  readonly released: LazyValue[];
  /** What takes the recording for replays, or null where it is recorded to be written down. */
  readonly replay: ReplayGuard | null;
  /**
   * @param kernel the tfjs kernel that wants to read it on the host, or nothing where the function itself does
   * @throws where the value is not known while recording
   */
  assertKnown(value: LazyValue, kernel?: string): void;
}

export interface ReplayGuard {
  /** A kernel takes these tensors. */
  sees(inputs: readonly (TensorInfo | null | undefined)[]): void;
  /** JavaScript wrote numbers into that memory. */
  wrote(memory: Memory): void;
  /** JavaScript looks at a value's numbers, at every replay. */
  looksAt(value: LazyValue, look: (numbers: HostArray) => void): void;
  /** Work in JavaScript that is to be done at every replay, after all that is recorded. */
  atReplay(action: () => void): void;
}
