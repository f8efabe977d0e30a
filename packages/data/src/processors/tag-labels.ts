import { TenonError } from '@tenon/core';
import type { Origin, TaggedExample } from '../examples.ts';
import { labelIds } from '../labels.ts';
import { subjectOf } from './subject-of.ts';

/**
 * The number of each tag by its name.
 *
 * @throws {TenonError} when there are no tags, or one is there twice.
 */
export function tagIds(tags: readonly string[]): (name: string, origin?: Origin) => number {
  if (tags.length > 0) return labelIds(tags);
  throw new TenonError({
    subject: 'tags',
    expected: 'the names of the tags',
    got: 'none',
    advice: 'Pass them in the order of the outputs of the model; tagNames finds them in examples.',
  });
}

/** @throws {TenonError} when there are no words, or not as many tags as words. */
export function assertTagged({ words, tags, origin }: TaggedExample): void {
  if (words.length > 0 && (tags === undefined || tags.length === words.length)) return;
  throw new TenonError({
    subject: subjectOf(origin, words.length === 0 ? 'words' : 'tags'),
    expected: words.length === 0 ? 'at least one word' : `one for each of ${words.length} words`,
    got: String(words.length === 0 ? 0 : tags?.length),
    advice: 'Correct the example, or leave it out.',
  });
}
