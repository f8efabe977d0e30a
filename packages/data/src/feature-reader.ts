import { assertWhole, type Json } from '@tenon/core';
import type { ExampleCursor, ExampleStream } from './examples.ts';

/** A place between two features of a stream: before an example, and how many of its features are behind. */
export interface FeaturePlace {
  /** The example stream's own position; none at the beginning. */
  readonly at: Json | undefined;
  readonly skip: number;
}

/**
 * A place as it is written down.
 *
 * @param first the batch with which the block begins that is read from there.
 */
export function writtenPlace({ at, skip }: FeaturePlace, first: number): Json {
  return at === undefined ? null : { at, skip, first };
}

/** A place that was written down, and its block's first batch. */
export function readPlace(block: Json | undefined): { place: FeaturePlace; first: number } {
  if (block === null) return { place: { at: undefined, skip: 0 }, first: 0 };
  const parts = typeof block === 'object' && !Array.isArray(block) ? block : {};
  const whole = (name: string): number => {
    const value = parts[name];
    const number = typeof value === 'number' ? value : Number.NaN;
    assertWhole(`batches: position: block: ${name}`, number, 0);
    return number;
  };
  const first = whole('first');
  return { place: { at: parts['at'], skip: whole('skip') }, first };
}

/** Goes through the features of a stream of examples, and knows the place between any two. */
export class FeatureReader<Example, Feature> {
  readonly #cursor: ExampleCursor<Example>;
  readonly #features: (example: Example, at: Json) => readonly Feature[];
  /** Features that are made and not taken, with the place before each. */
  #waiting: { readonly feature: Feature; readonly place: FeaturePlace }[] = [];
  #skip: number;

  constructor(
    stream: ExampleStream<Example>,
    features: (example: Example, at: Json) => readonly Feature[],
    { at, skip }: FeaturePlace,
  ) {
    this.#cursor = stream.open(at);
    this.#features = features;
    this.#skip = skip;
  }

  /** The place before the next feature. */
  place(): FeaturePlace {
    return this.#waiting[0]?.place ?? { at: this.#cursor.position(), skip: 0 };
  }

  /** Whether at least so many features are left. */
  async has(count: number): Promise<boolean> {
    while (this.#waiting.length < count) {
      const at = this.#cursor.position();
      const example = await this.#cursor.next();
      if (example === undefined) return false;
      this.#features(example, at).forEach((feature, skip) => {
        if (skip >= this.#skip) this.#waiting.push({ feature, place: { at, skip } });
      });
      this.#skip = 0;
    }
    return true;
  }

  /** The next features: `count`, or as many as are left. */
  async take(count: number): Promise<Feature[]> {
    await this.has(count);
    return this.#waiting.splice(0, count).map(({ feature }) => feature);
  }

  close(): Promise<void> {
    return this.#cursor.close();
  }
}
