import { TenonError } from '@tenon/core';
import type { Origin, TaggedExample } from '../examples.ts';
import { labelIds } from '../labels.ts';
import { shownValue } from '../shown-value.ts';
import { isTexts } from './assert-text.ts';
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
  const fault = (field: string, expected: string, got: string): TenonError =>
    new TenonError({
      subject: subjectOf(origin, field),
      expected,
      got,
      advice: 'Correct the example, or leave it out.',
    });
  if (!isTexts(words)) throw fault('words', 'a list of words', shownValue(words));
  if (words.length === 0) throw fault('words', 'at least one word', '0');
  if (tags === undefined) return;
  if (!isTexts(tags)) throw fault('tags', 'a list of tags', shownValue(tags));
  if (tags.length !== words.length)
    throw fault('tags', `one for each of ${words.length} words`, String(tags.length));
}
