import { describeOrigin, type Origin } from '../examples.ts';

interface Located {
  readonly origin?: Origin;
}

/**
 * How many examples were too long for the model, and how much of them it does not see. An example of a list counts once,
 * however often it is read; one of a file each time that the file is read.
 *
 * @example
 * ```ts
 * import { TruncationCount } from '@tenon/data';
 *
 * const truncated = new TruncationCount();
 * truncated.add({ origin: { file: 'reviews.tsv', line: 7 } }, 12);
 * console.log(truncated.summary()); // 1 example lost 12 tokens (first: reviews.tsv, line 7)
 * ```
 */
export class TruncationCount {
  readonly #seen = new WeakSet<Located>();
  readonly #unit: string;
  #examples = 0;
  #lost = 0;
  #first: string | undefined;

  /** @param unit what is counted. @default 'token' */
  constructor(unit: 'token' | 'word' = 'token') {
    this.#unit = unit;
  }

  /** Examples that were cut. */
  get examples(): number {
    return this.#examples;
  }

  /** Tokens, or words, that were cut off, in all examples together. */
  get lost(): number {
    return this.#lost;
  }

  /** Counts an example that lost so many; one that lost none is not counted. */
  add(example: Located, lost: number): void {
    if (lost <= 0 || this.#seen.has(example)) return;
    this.#seen.add(example);
    this.#examples++;
    this.#lost += lost;
    this.#first ??= describeOrigin(example.origin, 'one of unknown origin');
  }

  /** One line for people, empty where nothing was cut. */
  summary(): string {
    if (this.#examples === 0) return '';
    const some = (count: number, name: string): string => `${count} ${name}${count === 1 ? '' : 's'}`;
    return `${some(this.#examples, 'example')} lost ${some(this.#lost, this.#unit)} (first: ${this.#first})`;
  }
}
