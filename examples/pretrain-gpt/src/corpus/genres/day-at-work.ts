import type { Dice } from '../dice.ts';
import { capital, counted, numberWord, plural, titled, withArticle } from '../language.ts';
import { type Person, people, relative } from '../people.ts';
import {
  ANIMALS,
  COLOURS,
  CONTAINERS,
  GOODS,
  JOBS,
  QUALITIES,
  SURNAMES,
  THINGS,
  TOWNS,
  WEATHER,
} from '../words.ts';

const CLOCK = [
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'noon',
  'one',
  'two',
  'three',
  'four',
  'five',
] as const;

/** A working day from morning to evening: hours go forward, promises made early are kept late. */
export function dayAtWork(dice: Dice): string {
  const [worker, helper, customer] = people(dice, 3) as [Person, Person, Person];
  const surname = dice.pick(SURNAMES);
  const [job, workplace] = dice.pick(JOBS);
  const town = dice.pick(TOWNS);
  const order = `${dice.pick(QUALITIES)} ${dice.pick(THINGS)}`;
  const colour = dice.pick(COLOURS);
  const goods = dice.pick(GOODS);
  const container = dice.pick(CONTAINERS);
  const animal = dice.pick(ANIMALS);
  const kin = relative(dice, customer);
  const [, sky] = dice.pick(WEATHER);
  const made = dice.whole(6, 40);
  const broken = dice.whole(1, 4);
  const hours = dice
    .sample([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 4)
    .sort((a, b) => a - b)
    .map((hour) => CLOCK[hour]!);
  const at = (hour: string): string => (hour === 'noon' ? 'At noon' : `At ${hour} o'clock`);

  const opening = dice.pick([
    `${worker.name} ${surname} is the ${job} of ${town}, and ${helper.name} helps ${worker.her} in the ${workplace}.`,
    `The ${workplace} in ${town} belongs to ${worker.name} ${surname}, ${withArticle(job)}. ${helper.name} learns the trade there.`,
  ]);
  const morning = dice.pick([
    `${at(hours[0]!)} ${worker.name} opened the ${workplace}. ${sky}. "Today we need ${counted(made, goods)}," ${worker.she} said to ${helper.name}.`,
    `${sky}. ${at(hours[0]!)} ${helper.name} was already in the ${workplace}, and the ${animal} lay at the door. "${capital(counted(made, goods))} today," said ${worker.name}.`,
  ]);
  const visit = dice.pick([
    `${at(hours[1]!)} ${customer.name} came in. "I need ${withArticle(order)} for my house," ${customer.she} said, "and it must be ${colour}." "You shall have it before night, ${customer.name}," said ${worker.name}.`,
    `${at(hours[1]!)} a letter came from ${worker.name}'s ${kin}, ${customer.name}, who wished for ${withArticle(order)}, and ${colour} if possible. ${helper.name} wrote it down: one ${order}, ${colour}, for ${customer.name}.`,
  ]);
  const accident = dice.pick([
    `${at(hours[2]!)} the ${animal} jumped onto the ${container}, and ${counted(broken, goods)} fell and broke. "That leaves ${numberWord(made - broken)}," said ${helper.name}.`,
    `${at(hours[2]!)} ${helper.name} let the ${container} fall. Of the ${numberWord(made)} ${plural(goods)} only ${numberWord(made - broken)} were whole. The ${animal} looked away.`,
  ]);
  const evening = dice.pick([
    `${at(hours[3]!)} the ${order} was ready, and it was ${colour}, as ${customer.name} had wished. ${helper.name} carried it over together with the ${counted(made - broken, goods)}.`,
    `${at(hours[3]!)} ${worker.name} closed the ${workplace}. The ${colour} ${order.split(' ').slice(1).join(' ')} stood on the table for ${customer.name}, and beside it ${counted(made - broken, goods)}. "A good day," said ${helper.name}.`,
  ]);
  return [titled(`A day in the ${workplace}`), opening, morning, visit, accident, evening].join('\n');
}
