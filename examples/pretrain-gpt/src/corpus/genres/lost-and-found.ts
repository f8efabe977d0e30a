import type { Dice } from '../dice.ts';
import { capital, listed, titled, withArticle } from '../language.ts';
import { type Person, people, relative } from '../people.ts';
import { ANIMALS, COLOURS, JOBS, PLACES, QUALITIES, SPOTS, THINGS, TOWNS, WEATHER } from '../words.ts';

/** Something dear is lost, looked for and found; what it looked like and whose it was must hold to the end. */
export function lostAndFound(dice: Dice): string {
  const [hero, friend, giver] = people(dice, 3) as [Person, Person, Person];
  const [thing, decoy] = dice.sample(THINGS, 2) as [string, string];
  const [colour, otherColour] = dice.sample(COLOURS, 2) as [string, string];
  const [lost, first, second, third] = dice.sample(SPOTS, 4) as [string, string, string, string];
  const [job] = dice.pick(JOBS);
  const [weather, sky] = dice.pick(WEATHER);
  const animal = dice.pick(ANIMALS);
  const place = dice.pick(PLACES);
  const town = dice.pick(TOWNS);
  const kin = relative(dice, giver);
  const treasure = `${colour} ${thing}`;
  const reward = dice.pick(REWARDS);

  const opening = dice.pick([
    `${hero.name} was the ${job} of ${town}. Of all ${hero.hers} belongings ${hero.she} loved ${withArticle(treasure)} best, because ${hero.hers} ${kin} ${giver.name} had given it to ${hero.her}.`,
    `In ${town} lived ${withArticle(job)} called ${hero.name}, who never went anywhere without ${withArticle(treasure)}. It was a present from ${hero.hers} ${kin} ${giver.name}.`,
    `Everybody in ${town} knew ${hero.name} the ${job}, and everybody knew ${hero.hers} ${treasure}. ${capital(hero.hers)} ${kin} ${giver.name} had once brought it from far away.`,
  ]);
  const loss = dice.pick([
    `${sky} when ${hero.name} woke one ${weather} morning and saw that the ${treasure} was gone.`,
    `One ${weather} day the ${treasure} was not in its place. ${sky}, but ${hero.name} had eyes for nothing else.`,
    `Then came a ${weather} evening. ${sky}, and the ${treasure} had disappeared.`,
  ]);
  const search = [
    `First ${hero.she} looked ${first} and found only ${withArticle(`${dice.pick(QUALITIES)} ${decoy}`)}.`,
    `Then ${hero.she} looked ${second}, where ${withArticle(animal)} was sleeping.`,
    dice.chance(0.5)
      ? `At last ${hero.she} looked ${third}, but there was nothing at all.`
      : `${capital(hero.she)} even looked ${third}. Nothing was there but dust.`,
  ].join(' ');
  const help = dice.pick([
    `At ${place} ${hero.she} met ${friend.name}. "Have you seen my ${thing}?" asked ${hero.name}. "What colour is it?" asked ${friend.name}. "It is ${colour}," said ${hero.name}. "Then I have seen it," said ${friend.name}. "The ${animal} had it. Look ${lost}."`,
    `${friend.name} was waiting at ${place}. "You look worried, ${hero.name}," said ${friend.name}. "I have lost my ${treasure}," said ${hero.name}. "I saw ${withArticle(`${otherColour} ${thing}`)} yesterday," said ${friend.name}, "but it was not yours. Ask the ${animal}. It likes to hide things ${lost}."`,
    `Near ${place} ${friend.name} was feeding the ${animal}. "Is anything wrong?" ${friend.she} asked. "My ${thing} is gone, the ${colour} one," said ${hero.name}. ${friend.name} thought for a while. "Yesterday I heard something fall," ${friend.she} said, "and I think it was ${lost}."`,
  ]);
  const end = dice.pick([
    `So ${hero.name} looked ${lost}, and there was the ${treasure}. ${capital(hero.she)} thanked ${friend.name} with ${reward}, and that night ${hero.she} wrote to ${giver.name} about it.`,
    `And so it was. The ${treasure} lay ${lost}, and it was not even scratched. ${friend.name} got ${reward}, and the ${animal} got nothing.`,
    `${hero.name} ran and looked ${lost}. There it was, as ${colour} as ever. "I shall tell ${giver.name}," said ${hero.name}, and ${hero.she} gave ${friend.name} ${reward}.`,
  ]);
  const title = dice.pick([
    titled(`the ${treasure}`),
    titled(`${hero.name} looks for the ${thing}`),
    `Lost in ${town}`,
  ]);
  const summary = `Lost: the ${treasure}. Owner: ${hero.name} the ${job}. Searched: ${listed([first, second, third])}. Found: ${lost}. Helper: ${friend.name}.`;
  return [title, opening, `${loss} ${search}`, help, end, ...(dice.chance(0.5) ? [summary] : [])].join('\n');
}

const REWARDS = [
  'a warm bun',
  'two silver coins',
  'a slice of plum cake',
  'a jar of honey',
  'a bunch of radishes',
  'a song on the fiddle',
  'the best chair by the fire',
  'a bag of walnuts',
] as const;
