import type { Dice } from '../dice.ts';
import { counted, numberWord, withArticle } from '../language.ts';
import { type Person, people } from '../people.ts';
import { ANIMALS, COLOURS, JOBS, MONTHS, PLACES, THINGS, TOWNS, WEATHER } from '../words.ts';

const VEHICLES = [
  ['on foot', 'walked', 4, 15],
  ['by bicycle', 'rode', 20, 40],
  ['by donkey cart', 'drove', 8, 20],
  ['in a rowing boat', 'rowed', 5, 14],
  ['on a raft', 'drifted', 6, 16],
  ['by sledge', 'slid', 9, 25],
] as const;

/** A journey with a diary: days, miles and the food that is left add up, and the companion stays the same. */
export function travelLog(dice: Dice): string {
  const [traveller, companion] = people(dice, 2) as [Person, Person];
  const days = dice.whole(3, 5);
  const towns = dice.sample(TOWNS, days + 1);
  const [vehicle, moved, least, most] = dice.pick(VEHICLES);
  const animal = dice.pick(ANIMALS);
  const treasure = `${dice.pick(COLOURS)} ${dice.pick(THINGS)}`;
  const month = dice.pick(MONTHS);
  const firstDate = dice.whole(1, 24);
  let food = dice.whole(days * 2, days * 3 + 2);
  let miles = 0;

  const lines = [
    `${traveller.name} and ${companion.name} travelled from ${towns[0]!} to ${towns[days]!} ${vehicle}. They took ${withArticle(animal)}, ${withArticle(treasure)} and ${counted(food, 'loaf')} of bread.`,
  ];
  for (let day = 1; day <= days; day++) {
    const distance = dice.whole(least, most);
    const eaten = Math.min(food, dice.whole(1, 3));
    const [weather, sky] = dice.pick(WEATHER);
    miles += distance;
    food -= eaten;
    const event = dice.pick([
      `The ${animal} ran off and ${companion.name} brought it back`,
      `${companion.name} traded a story for ${withArticle(dice.pick(JOBS)[0])}'s advice`,
      `We met ${withArticle(dice.pick(JOBS)[0])} who admired the ${treasure}`,
      `${companion.name} nearly lost the ${treasure}`,
      `${sky}, and the ${animal} did not like it`,
      `We rested at ${dice.pick(PLACES)} and the ${animal} slept`,
      `${companion.name} sang all the way and I did not mind`,
    ]);
    lines.push(
      `Day ${numberWord(day)}, ${firstDate + day - 1} ${month}. A ${weather} day. We ${moved} ${counted(distance, 'mile')} from ${towns[day - 1]!} to ${towns[day]!}${day > 1 ? `, which makes ${miles} in all` : ''}. ${event}. We ate ${numberWord(eaten)} of the loaves and have ${numberWord(food)} left.`,
    );
  }
  lines.push(
    dice.pick([
      `We have arrived in ${towns[days]!} after ${counted(days, 'day')} and ${miles} miles. ${companion.name} is asleep with the ${animal}, and the ${treasure} stands by the window. Signed, ${traveller.name}.`,
      `This was our journey: ${counted(days, 'day')}, ${miles} miles, from ${towns[0]!} to ${towns[days]!}. The ${treasure} is safe and so is the ${animal}. ${companion.name} wants to go on. Signed, ${traveller.name}.`,
    ]),
  );
  return [`The Diary of ${traveller.name}, ${month}`, ...lines].join('\n');
}
