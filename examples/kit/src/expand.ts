import { TenonError } from '@tenon/core';
import type { Dice } from './dice.ts';

/** What each symbol may be written as; `{other}` stands for a symbol again. */
export type Grammar = Readonly<Record<string, readonly string[]>>;

/**
 * One text of a grammar, by chance.
 *
 * @throws {TenonError} about a symbol that the grammar does not have.
 * @example
 * ```ts
 * const grammar = { greeting: ['good {time}', 'hello'], time: ['morning', 'night'] };
 * console.log(expand(grammar, 'greeting', new Dice(42)));
 * ```
 */
export function expand(grammar: Grammar, symbol: string, dice: Dice): string {
  const choices = grammar[symbol];
  if (choices === undefined) {
    const expected = `one of ${Object.keys(grammar).join(', ')}`;
    throw new TenonError({ subject: 'grammar', expected, got: `{${symbol}}`, advice: 'Add a rule for it.' });
  }
  return dice.pick(choices).replace(/\{(\w+)\}/g, (_, inner: string) => expand(grammar, inner, dice));
}
