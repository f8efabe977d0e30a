import { describeOrigin, type Origin } from '../examples.ts';

/** What an error about a field of an example begins with: `reviews.tsv, line 17, label`. */
export function subjectOf(origin: Origin | undefined, field: string): string {
  return origin === undefined ? field : `${describeOrigin(origin)}, ${field}`;
}
