import type { Dice } from '../dice.ts';
import { capital, counted, listed, numberWord, ordinal, withArticle } from '../language.ts';
import { people } from '../people.ts';
import { ANIMALS, COLOURS, DAYS, JOBS, PLACES, QUALITIES, SPOTS, THINGS, TOWNS } from '../words.ts';

/** Some neighbours are introduced, then asked about. Every answer stands in the text above it. */
export function questions(dice: Dice): string {
  const town = dice.pick(TOWNS);
  const count = dice.whole(2, 4);
  const jobs = dice.sample(JOBS, count);
  const things = dice.sample(THINGS, count);
  const animals = dice.sample(ANIMALS, count);
  const spots = dice.sample(SPOTS, count);
  const neighbours = people(dice, count).map((person, i) => ({
    person,
    job: jobs[i]!,
    colour: dice.pick(COLOURS),
    thing: things[i]!,
    animal: animals[i]!,
    spot: spots[i]!,
    day: dice.pick(DAYS),
    age: dice.whole(12, 90),
  }));
  const facts = neighbours.map(({ person, job, colour, thing, animal, spot, day, age }) => {
    const treasure = `${colour} ${thing}`;
    return dice.pick([
      `${person.name} is ${numberWord(age)} years old and works as ${withArticle(job[0])}. ${capital(person.she)} has ${withArticle(animal)} and keeps ${withArticle(treasure)} ${spot}. On ${day} ${person.she} rests.`,
      `The ${job[0]} is called ${person.name}. ${capital(person.she)} is ${numberWord(age)}, rests on ${day}, and owns ${withArticle(animal)}. ${capital(person.hers)} ${treasure} is ${spot}.`,
      `${capital(withArticle(treasure))} belongs to ${person.name} the ${job[0]}, aged ${numberWord(age)}. It is ${spot}. ${capital(person.hers)} ${animal} is never far away, and ${day} is ${person.hers} day of rest.`,
    ]);
  });
  const asked = Array.from({ length: dice.whole(3, 5) }, () => {
    const { person, job, colour, thing, animal, spot, day, age } = dice.pick(neighbours);
    return dice.pick([
      `Q: Who has the ${thing}? A: ${person.name}.`,
      `Q: What colour is the ${thing} of ${person.name}? A: ${capital(colour)}.`,
      `Q: Where is the ${colour} ${thing}? A: ${capital(spot)}.`,
      `Q: What is the work of ${person.name}? A: ${capital(withArticle(job[0]))}.`,
      `Q: Which animal does ${person.name} have? A: ${capital(withArticle(animal))}.`,
      `Q: Whose is the ${animal}? A: It belongs to ${person.name}.`,
      `Q: When does the ${job[0]} rest? A: On ${day}.`,
      `Q: How old is ${person.name}? A: ${capital(numberWord(age))}.`,
    ]);
  });
  const title = `Neighbours in ${town}`;
  const opening = `${capital(counted(count, 'neighbour'))} live side by side in ${town}: ${listed(neighbours.map(({ person }) => person.name))}.`;
  return [title, opening, ...facts, ...new Set(asked)].join('\n');
}

/** A race with an order, told and asked about. */
export function race(dice: Dice): string {
  const count = dice.whole(3, 5);
  const runners = people(dice, count);
  const animals = dice.sample(ANIMALS, count);
  const [start, finish] = dice.sample(PLACES, 2) as [string, string];
  const town = dice.pick(TOWNS);
  const prize = `${dice.pick(QUALITIES)} ${dice.pick(THINGS)}`;
  const minutes = [dice.whole(5, 12)];
  for (let i = 1; i < count; i++) minutes.push(minutes[i - 1]! + dice.whole(1, 4));

  const announced = dice.sample(runners, count).map((runner) => {
    return `${runner.name} with ${runner.hers} ${animals[runners.indexOf(runner)]!}`;
  });
  const results = runners.map((runner, place) => {
    if (place === 0) return `${runner.name} came first after ${numberWord(minutes[0]!)} minutes.`;
    const late = minutes[place]! - minutes[place - 1]!;
    return dice.pick([
      `${runner.name} came ${ordinal(place)} after ${numberWord(minutes[place]!)} minutes.`,
      `${capital(counted(late, 'minute'))} later, after ${numberWord(minutes[place]!)} minutes, came ${runner.name}.`,
    ]);
  });
  const place = dice.whole(0, count - 1);
  const other = dice.whole(0, count - 1);
  return [
    `The ${town} Race`,
    `Every year ${town} has a race from ${start} to ${finish}, and the winner gets ${withArticle(prize)}. This year there were ${counted(count, 'runner')}: ${listed(announced)}.`,
    results.join(' '),
    `So the ${prize} went to ${runners[0]!.name}, and the ${animals[0]!} of ${runners[0]!.name} got a ribbon.`,
    `Q: Who came ${ordinal(place)}? A: ${runners[place]!.name}.`,
    `Q: How long did ${runners[other]!.name} take? A: ${capital(numberWord(minutes[other]!))} minutes.`,
    `Q: Who came last? A: ${runners.at(-1)!.name}, with the ${animals.at(-1)!}.`,
  ].join('\n');
}
