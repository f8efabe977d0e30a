// What there is to learn: pairs of texts that the example makes, or the user's own.
import { readFileSync } from 'node:fs';
import { RandomStream, TenonError } from '@tenon/core';
import { islandSentences } from './island-language.ts';
import type { Pair } from './pairs.ts';
import { reversals } from './reversal.ts';

export interface Task {
  readonly name: string;
  readonly pairs: readonly Pair[];
  /** More of it where there are few pairs. */
  readonly dropout: number;
}

/** Both tasks of the example, or the one that is asked for; the user's own pairs instead where there is a file. */
export function tasks(wanted: {
  readonly task?: string | undefined;
  readonly data?: string;
  readonly seed: number;
  readonly short: boolean;
}): Task[] {
  const { task, data, seed, short } = wanted;
  if (data !== undefined) return [{ name: data, pairs: readPairs(data), dropout: 0.1 }];
  const count = short ? 600 : 20_000;
  const random = (): RandomStream => new RandomStream(seed);
  return [
    ...(task === 'translate'
      ? []
      : [{ name: 'reversal', pairs: reversals(count, 16, random()), dropout: 0 }]),
    ...(task === 'reverse'
      ? []
      : [{ name: 'island language', pairs: islandSentences(count, random()), dropout: 0 }]),
  ];
}

/** One in twenty, at least one and at most 500, is left for the test; sources that occur again are left out of the training. */
export function splitPairs(pairs: readonly Pair[]): { training: Pair[]; unseen: Pair[] } {
  const key = ({ source }: Pair): string => source.join(' ');
  const unseen = pairs.slice(0, Math.min(500, Math.ceil(pairs.length / 20)));
  const known = new Set(unseen.map(key));
  return { unseen, training: pairs.filter((pair) => !known.has(key(pair))) };
}

/** @throws {TenonError} about a file that cannot be read, or a line that is no pair. */
export function readPairs(file: string): Pair[] {
  const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');
  const pairs = read(file)
    .split(/\r?\n/)
    .flatMap((line, i): Pair[] => {
      if (line.trim() === '') return [];
      const [source, target, ...more] = line.split('\t').map(words);
      if (source?.length && target?.length && more.length === 0) return [{ source, target }];
      throw new TenonError({
        subject: `${file}, line ${i + 1}`,
        expected: 'two texts with a tab between them',
        got: JSON.stringify(line.slice(0, 80)),
        advice: 'Correct the line or leave it out.',
      });
    });
  const longest = Math.max(0, ...pairs.flatMap(({ source, target }) => [source.length, target.length]));
  if (pairs.length >= 2 && longest <= 60) return pairs;
  throw new TenonError({
    subject: file,
    expected: 'at least two pairs, of texts of at most 60 words',
    got: pairs.length < 2 ? `${pairs.length} pairs` : `a text of ${longest} words`,
    advice: 'Give more pairs, or shorter ones.',
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const got = (error as Error).message;
    throw new TenonError(
      { subject: '--data', expected: 'a text file', got, advice: 'Check the path.' },
      { cause: error },
    );
  }
}
