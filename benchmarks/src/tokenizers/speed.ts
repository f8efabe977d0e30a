// Encodes text that nobody has seen yet: in every round each contestant takes the same documents, once.
import { median, type Ratio, ratioOf } from '../statistics.ts';
import type { Contestant } from './contestants.ts';

export interface Speed {
  readonly name: string;
  /** Megabytes of UTF-8 a second, the median of the rounds. */
  readonly megabytes: number;
  /** How many times as long it took as the first, round by round. */
  readonly ratio: Ratio;
  readonly ids: number;
}

/** @param rounds documents of each round; the first round warms everybody up and does not count */
export async function measureSpeed(
  contestants: readonly Contestant[],
  rounds: readonly (readonly string[])[],
): Promise<Speed[]> {
  const times = contestants.map((): number[] => []);
  const ids = contestants.map(() => 0);
  const bytes: number[] = [];
  for (const [round, documents] of rounds.entries()) {
    for (const [i, contestant] of contestants.entries()) {
      const start = performance.now();
      for (const document of documents) ids[i]! += await contestant.encode(document);
      if (round > 0) times[i]!.push(performance.now() - start);
    }
    if (round > 0) bytes.push(documents.reduce((sum, text) => sum + Buffer.byteLength(text), 0));
  }
  return contestants.map(({ name }, i) => ({
    name,
    megabytes: median(times[i]!.map((time, round) => bytes[round]! / 1000 / time)),
    ratio: ratioOf(times[0]!, times[i]!),
    ids: ids[i]!,
  }));
}
