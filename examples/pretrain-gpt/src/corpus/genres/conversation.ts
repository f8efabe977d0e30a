import type { Dice } from '../dice.ts';
import { capital, counted, numberWord, plural, withArticle } from '../language.ts';
import { type Person, people, relative } from '../people.ts';
import { COLOURS, GOODS, JOBS, PLACES, QUALITIES, SEASONS, THINGS, TOWNS, WEATHER } from '../words.ts';

/** Two people meet and speak in turns; each remembers what the other has said. */
export function conversation(dice: Dice): string {
  const [one, other, absent] = people(dice, 3) as [Person, Person, Person];
  const [home, away] = dice.sample(TOWNS, 2) as [string, string];
  const [[job], [otherJob]] = dice.sample(JOBS, 2) as [Job, Job];
  const treasure = `${dice.pick(QUALITIES)} ${dice.pick(THINGS)}`;
  const years = dice.whole(2, 40);
  const kin = relative(dice, absent);
  const place = dice.pick(PLACES);
  const season = dice.pick(SEASONS);
  const [weather] = dice.pick(WEATHER);

  const topics = dice
    .sample(
      [
        [
          `"Where do you come from?" asked ${one.name}.`,
          `"From ${away}," said ${other.name}. "I have lived there for ${counted(years, 'year')}."`,
          `"${capital(numberWord(years))} years in ${away}! That is a long time," said ${one.name}.`,
        ],
        [
          `"What is your work?" asked ${other.name}.`,
          `"I am ${withArticle(job)}," said ${one.name}. "And you?"`,
          `"${capital(withArticle(otherJob))}," said ${other.name}, "but I have always wanted to be ${withArticle(job)} like you."`,
        ],
        [
          `"What are you carrying there?" asked ${one.name}.`,
          `"${capital(withArticle(treasure))} for my ${kin} ${absent.name}," said ${other.name}. "It will be a surprise."`,
          `"Then I shall not say a word to ${absent.name} about the ${treasure.split(' ').slice(1).join(' ')}," said ${one.name}.`,
        ],
        [
          `"${capital(weather)} weather today," said ${other.name}.`,
          `"Yes, ${weather} as it always is here in ${season}," said ${one.name}.`,
          `"In ${away} we never have ${withArticle(season)} like this," said ${other.name}.`,
        ],
        [
          `"Is it far to ${home}?" asked ${other.name}.`,
          `"You are standing in the middle of ${home}," said ${one.name}, and both laughed.`,
        ],
      ],
      3,
    )
    .flat();
  const opening = `${one.name} and ${other.name} met at ${place} in ${home} on a ${weather} day in ${season}.`;
  const closing = dice.pick([
    `"Goodbye, ${one.name}," said ${other.name}. "Goodbye, ${other.name}," said ${one.name}, "and greet ${absent.name} from me."`,
    `Then ${other.name} went on, and ${one.name} stayed at ${place} until it was dark.`,
    `They shook hands. "If you see ${absent.name}, tell ${absent.her} that I was here," said ${one.name}. "I will," said ${other.name}.`,
  ]);
  return [`${one.name} Meets ${other.name}`, opening, ...topics, closing].join('\n');
}

type Job = (typeof JOBS)[number];

/** Buyer and seller meet in the middle; price, change and purse are right. */
export function bargain(dice: Dice): string {
  const [buyer, seller] = people(dice, 2) as [Person, Person];
  const thing = dice.pick(GOODS);
  const colour = dice.pick(COLOURS);
  const count = dice.whole(2, 6);
  const price = dice.whole(3, 9);
  const offer = price - dice.whole(1, 2);
  const total = count * offer;
  const purse = total + dice.whole(1, 20);
  const town = dice.pick(TOWNS);
  return [
    `At the Market in ${town}`,
    `${buyer.name} went to the market in ${town} with ${counted(purse, 'coin')}. ${seller.name} was selling ${colour} ${plural(thing)}.`,
    `"What does one of the ${colour} ${plural(thing)} cost?" asked ${buyer.name}.`,
    `"${capital(counted(price, 'coin'))}," said ${seller.name}.`,
    dice.pick([
      `"${capital(numberWord(price))} is too much. I will give you ${numberWord(offer)} for each and take ${numberWord(count)} of them," said ${buyer.name}.`,
      `"If I take ${numberWord(count)}, will you let me have them for ${counted(offer, 'coin')} each instead of ${numberWord(price)}?" asked ${buyer.name}.`,
    ]),
    dice.pick([
      `"${capital(numberWord(count))} times ${numberWord(offer)} makes ${numberWord(total)}," said ${seller.name}. "Agreed."`,
      `${seller.name} sighed. "${capital(counted(count, thing))} for ${counted(total, 'coin')}, then, because it is you, ${buyer.name}."`,
    ]),
    `So ${buyer.name} paid ${counted(total, 'coin')}, took the ${counted(count, `${colour} ${thing}`)} and went home with ${counted(purse - total, 'coin')} of the ${numberWord(purse)}.`,
  ].join('\n');
}
