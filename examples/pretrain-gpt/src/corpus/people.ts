import type { Dice } from './dice.ts';
import { BOYS, GIRLS, RELATIVES } from './words.ts';

/** Someone in a story, with the pronouns that go with the name. */
export interface Person {
  readonly name: string;
  readonly she: 'she' | 'he';
  /** As an object: I saw her. */
  readonly her: 'her' | 'him';
  /** As a possessive: her hat. */
  readonly hers: 'her' | 'his';
}

/** People with different names. */
export function people(dice: Dice, count: number): Person[] {
  const girls = dice.sample(GIRLS, count);
  const boys = dice.sample(BOYS, count);
  return girls.map((girl, i) =>
    dice.chance(0.5)
      ? { name: girl, she: 'she', her: 'her', hers: 'her' }
      : { name: boys[i]!, she: 'he', her: 'him', hers: 'his' },
  );
}

/** `aunt` or `uncle`, `sister` or `brother`: a word that fits the person. */
export function relative(dice: Dice, person: Person): string {
  return dice.pick(RELATIVES)[person.she === 'she' ? 0 : 1];
}
