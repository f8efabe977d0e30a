// Examples of a program's own come from anywhere, JSON for instance: what is of another type than it should be is said.

import { TenonError } from '@tenon/core';
import type { TextInput } from '@tenon/tokenizers';
import type { Origin } from '../examples.ts';
import { shownValue } from '../shown-value.ts';
import { subjectOf } from './subject-of.ts';

const ADVICE = 'Write the text, or leave the example out.';

/** @throws {TenonError} when what should be a text is none. */
export function assertText(field: string, text: unknown, origin: Origin | undefined): void {
  if (typeof text === 'string') return;
  throw new TenonError({
    subject: subjectOf(origin, field),
    expected: 'a text',
    got: shownValue(text),
    advice: ADVICE,
  });
}

/** @throws {TenonError} when a text gave no token. */
export function assertNotEmpty(
  field: string,
  text: TextInput,
  tokens: number,
  origin: Origin | undefined,
): void {
  if (tokens > 0) return;
  throw new TenonError({
    subject: subjectOf(origin, field),
    expected: 'a text with at least one token',
    got: shownValue(text),
    advice: ADVICE,
  });
}

/** Whether something is a list of texts. */
export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
