import type { Dice } from '../dice.ts';
import { capital, counted, numberWord, withArticle } from '../language.ts';
import { type Person, people, relative } from '../people.ts';
import { ANIMALS, COLOURS, DAYS, JOBS, MONTHS, SPOTS, SURNAMES, THINGS, TOWNS, WEATHER } from '../words.ts';

/** A letter and its answer. The answer takes up what the letter said, point by point. */
export function letters(dice: Dice): string {
  const [writer, reader, third] = people(dice, 3) as [Person, Person, Person];
  const [here, there] = dice.sample(TOWNS, 2) as [string, string];
  const surname = dice.pick(SURNAMES);
  const gift = `${dice.pick(COLOURS)} ${dice.pick(THINGS)}`;
  const animal = dice.pick(ANIMALS);
  const day = dice.pick(DAYS);
  const month = dice.pick(MONTHS);
  const date = dice.whole(1, 20);
  const [weather] = dice.pick(WEATHER);
  const spot = dice.pick(SPOTS);
  const [job, workplace] = dice.pick(JOBS);
  const kin = relative(dice, third);
  const guests = dice.whole(2, 9);

  const news = dice.pick([
    `My ${kin} ${third.name} has become ${withArticle(job)} and spends every hour at the ${workplace}.`,
    `You will remember my ${kin} ${third.name}. ${capital(third.she)} works as ${withArticle(job)} now, in the ${workplace} behind our house.`,
  ]);
  const ask = dice.pick([
    `Will you come to us on ${day}? There will be ${counted(guests, 'guest')}, and you shall sit beside ${third.name}.`,
    `We expect ${counted(guests, 'guest')} on ${day}, and we hope that you will be one of them. ${third.name} asks for you.`,
  ]);
  const present = dice.pick([
    `With this letter comes ${withArticle(gift)}. Please do not put it ${spot}, as you did with the last one.`,
    `I send you ${withArticle(gift)}. I found it ${spot} and thought of you at once.`,
  ]);
  const pet = dice.pick([
    `The ${animal} is well and eats too much.`,
    `Our ${animal} has been ill but is better.`,
    `The children want to keep the ${animal} for ever.`,
  ]);
  const answers = [
    dice.pick([
      `Thank you for the ${gift}. I have put it where I can always see it, and certainly not ${spot}.`,
      `The ${gift} has arrived. So you saw it ${spot}, you say? It is lovely.`,
    ]),
    dice.pick([
      `How good to hear that ${third.name} likes the ${workplace}. I always knew ${third.she} would make a good ${job}.`,
      `Tell ${third.name} that we have no ${job} here in ${there}, and that ${third.she} may come when ${third.she} is tired of the ${workplace}.`,
    ]),
    dice.pick([
      `On ${day} I shall come gladly, as one of your ${counted(guests, 'guest')}.`,
      `I am sorry that I cannot come on ${day}. The other ${counted(guests - 1, 'guest')} will have more cake.`,
    ]),
    dice.pick([`Give the ${animal} a kiss from me.`, `I should like to see the ${animal} soon.`]),
  ];
  return [
    `A Letter to ${reader.name} ${surname}`,
    `${here}, ${date} ${month}`,
    `Dear ${reader.name},`,
    `today it is ${weather} in ${here}, and I have time to write. ${news} ${present} ${ask} ${pet}`,
    `Yours, ${writer.name}`,
    `${there}, ${date + dice.whole(3, 8)} ${month}`,
    `Dear ${writer.name},`,
    `your letter of ${date} ${month} took its time to ${there}. ${answers.join(' ')}`,
    `Yours, ${reader.name} ${surname}`,
    ...(dice.chance(0.3) ? [`(Kept with ${numberWord(dice.whole(3, 40))} others from ${here}.)`] : []),
  ].join('\n');
}
