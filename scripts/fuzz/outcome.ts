/** What came of one file. */
export interface Outcome {
  /** Else it was refused, or there is a problem. */
  readonly isLoaded: boolean;
  /** Processor time, which a busy machine does not change. */
  readonly seconds: number;
  /** Resident memory at its peak over what it was before. */
  readonly grownBytes: number;
  readonly fileBytes: number;
  /** An error that is not ours. */
  readonly problem?: string;
}

const MOST_SECONDS = 1;
const MOST_BYTES = 64 * 2 ** 20;

/** What is wrong with an outcome, if anything. */
export function complaint({ problem, seconds, grownBytes, fileBytes }: Outcome): string | undefined {
  if (problem !== undefined) return `not an error of ours: ${problem}`;
  if (seconds > MOST_SECONDS) return `took ${seconds.toFixed(2)} s, more than ${MOST_SECONDS}`;
  const limit = MOST_BYTES + 2 * fileBytes;
  if (grownBytes > limit)
    return `took ${(grownBytes / 2 ** 20).toFixed(0)} MB, more than ${(limit / 2 ** 20).toFixed(0)}`;
  return undefined;
}
