import type { Dice } from '../dice.ts';
import { capital, counted, numberWord, plural, titled } from '../language.ts';
import { type Person, people } from '../people.ts';
import { CONTAINERS, DAYS, FRUITS, GOODS, PLACES, TOWNS } from '../words.ts';

/** Somebody gets and gives away things of one kind; the count is right after every sentence. */
export function counting(dice: Dice): string {
  const [owner, ...others] = people(dice, 5) as [Person, ...Person[]];
  const thing = dice.pick(dice.chance(0.5) ? FRUITS : GOODS);
  const container = dice.pick(CONTAINERS);
  const day = dice.pick(DAYS);
  const town = dice.pick(TOWNS);
  const start = dice.whole(4, 30);
  let count = start;

  const lines = [
    dice.pick([
      `On ${day} morning ${owner.name} of ${town} had ${counted(count, thing)} in ${owner.hers} ${container}.`,
      `${owner.name} lived in ${town} and kept ${counted(count, thing)} in a ${container}.`,
      `When ${owner.name} came to ${town} on ${day}, there were ${counted(count, thing)} in ${owner.hers} ${container}.`,
    ]),
  ];
  const received: string[] = [];
  const steps = dice.whole(2, 4);
  for (const other of others.slice(0, steps)) {
    const place = dice.pick(PLACES);
    const gives = count > 2 && dice.chance(0.5);
    const change = dice.whole(1, gives ? Math.min(count - 1, 9) : 9);
    count += gives ? -change : change;
    if (gives) received.push(`${other.name} got ${numberWord(change)}`);
    else received.push(`${other.name} gave ${numberWord(change)}`);
    lines.push(
      gives
        ? dice.pick([
            `At ${place} ${owner.she} gave ${counted(change, thing)} to ${other.name}, so ${numberWord(count)} were left.`,
            `${other.name} asked for ${counted(change, thing)} and got them at ${place}. Now the ${container} held ${numberWord(count)}.`,
            `${capital(owner.she)} sold ${counted(change, thing)} to ${other.name} near ${place} and kept ${numberWord(count)}.`,
          ])
        : dice.pick([
            `At ${place} ${other.name} gave ${owner.her} ${counted(change, thing)} more, which made ${numberWord(count)}.`,
            `Near ${place} ${owner.she} met ${other.name} and bought ${counted(change, thing)}. Now the ${container} held ${numberWord(count)}.`,
            `${other.name} brought ${counted(change, thing)} from ${place}, and then there were ${numberWord(count)}.`,
          ]),
    );
  }
  lines.push(
    dice.pick([
      `In the evening ${owner.name} counted the ${plural(thing)}: there were ${numberWord(count)}.`,
      `"${capital(counted(count, thing))}," said ${owner.name}, and closed the ${container}.`,
      `So on ${day} night the ${container} of ${owner.name} held ${counted(count, thing)}.`,
    ]),
  );
  const account = `${owner.name} began with ${numberWord(start)}. ${capital(received.join(', '))}. ${capital(numberWord(count))} remained.`;
  return [titled(`How many ${plural(thing)}?`), lines.join(' '), account].join('\n');
}
