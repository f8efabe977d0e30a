import type { Dice } from '../dice.ts';
import { capital, numberWord } from '../language.ts';
import { type Person, people } from '../people.ts';
import { COLOURS, DAYS, SURNAMES, THINGS, TOWNS } from '../words.ts';

const clock = (minutes: number): string =>
  `${Math.floor(minutes / 60)}.${String(minutes % 60).padStart(2, '0')}`;

/** A train stops at towns in order; times only go forward and the waiting adds up. */
export function timetable(dice: Dice): string {
  const stops = dice.sample(TOWNS, dice.whole(3, 5));
  const [rider, guard] = people(dice, 2) as [Person, Person];
  const times = [dice.whole(72, 120) * 5];
  while (times.length < stops.length) times.push(times.at(-1)! + dice.whole(2, 9) * 5);
  const late = dice.whole(1, 6) * 5;
  const first = stops[0]!;
  const last = stops.at(-1)!;
  const day = dice.pick(DAYS);
  const treasure = `${dice.pick(COLOURS)} ${dice.pick(THINGS)}`;
  return [
    `Trains from ${first} to ${last}`,
    ...stops.map((stop, i) => `${clock(times[i]!)} ${stop}`),
    dice.pick([
      `On ${day} the train left ${first} ${numberWord(late)} minutes late, at ${clock(times[0]! + late)} instead of ${clock(times[0]!)}.`,
      `On ${day} there was a cow on the line at ${first}. The train left at ${clock(times[0]! + late)}, which is ${numberWord(late)} minutes after ${clock(times[0]!)}.`,
    ]),
    dice.pick([
      `${rider.name} sat by the window with the ${treasure}. "When shall we be in ${last}?" ${rider.she} asked the guard, whose name was ${guard.name}.`,
      `"This train should be in ${last} at ${clock(times.at(-1)!)}," said ${rider.name}, and held the ${treasure} tight. ${guard.name} ${dice.pick(SURNAMES)}, the guard, looked at ${guard.hers} watch.`,
    ]),
    `"At ${clock(times.at(-1)! + late)}, ${numberWord(late)} minutes late," said ${guard.name}.`,
    dice.pick([
      `${capital(numberWord(stops.length - 1))} stations later ${rider.name} stepped out in ${last}. ${capital(rider.she)} had forgotten the ${treasure}, and ${guard.name} ran after ${rider.her} with it.`,
      `In ${last} ${rider.name} thanked ${guard.name}, took the ${treasure} and walked home.`,
    ]),
  ].join('\n');
}
