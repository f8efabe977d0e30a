/** Precision, recall and F1, each between 0 and 1; 0 where there is nothing to divide by. */
export interface Scores {
  /** Of what was predicted, the share that is right. */
  readonly precision: number;
  /** Of what there is, the share that was found. */
  readonly recall: number;
  /** The harmonic mean of the two: 2PR / (P + R). */
  readonly f1: number;
  /** How many there are in the labels. */
  readonly support: number;
}

/** What was found and is right, what was predicted, and what there is. */
export interface Counts {
  right: number;
  predicted: number;
  there: number;
}

export function scoresOf({ right, predicted, there }: Counts): Scores {
  return {
    precision: share(right, predicted),
    recall: share(right, there),
    f1: share(2 * right, predicted + there),
    support: there,
  };
}

/** All that was counted, of all classes or types. */
export function total(counts: Iterable<Counts>): Counts {
  const sum: Counts = { right: 0, predicted: 0, there: 0 };
  for (const { right, predicted, there } of counts) {
    sum.right += right;
    sum.predicted += predicted;
    sum.there += there;
  }
  return sum;
}

/** The counts of a class or type, begun at 0 on the first call. */
export function countsOf<Key>(counts: Map<Key, Counts>, key: Key): Counts {
  let found = counts.get(key);
  if (found === undefined) {
    found = { right: 0, predicted: 0, there: 0 };
    counts.set(key, found);
  }
  return found;
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
