import type { Dice } from '../dice.ts';
import { capital, counted, listed, titled, withArticle } from '../language.ts';
import { ANIMALS, FRUITS, PLACES, SEASONS } from '../words.ts';

/** A virtue, the fault against it, and what is said in the end. */
const LESSONS = [
  ['patient', 'hasty', 'who cannot wait will walk the way twice'],
  ['honest', 'sly', 'a lie has to be fed every day'],
  ['generous', 'greedy', 'what you give away cannot be stolen'],
  ['modest', 'proud', 'the tallest hat is the first to fall into the water'],
  ['careful', 'careless', 'a small hole empties a large barrel'],
  ['brave', 'timid', 'the door is heavier before you push it'],
  ['busy', 'lazy', 'the winter asks what the summer did'],
  ['friendly', 'rude', 'a kind word opens even a rusty gate'],
] as const;

/** Two beasts with opposite tempers quarrel over fruit. Who is who, and who is right, is settled at the start. */
export function fable(dice: Dice): string {
  const [good, bad, judge] = dice.sample(ANIMALS, 3) as [string, string, string];
  const [virtue, fault, lesson] = dice.pick(LESSONS);
  const fruit = dice.pick(FRUITS);
  const place = dice.pick(PLACES);
  const season = dice.pick(SEASONS);
  const count = dice.whole(3, 20);
  const opening = dice.pick([
    `One ${season} ${withArticle(`${virtue} ${good}`)} and ${withArticle(`${fault} ${bad}`)} shared ${counted(count, fruit)} near ${place}.`,
    `Near ${place} ${withArticle(`${virtue} ${good}`)} found ${counted(count, fruit)}. ${capital(withArticle(`${fault} ${bad}`))} had been watching all ${season}.`,
  ]);
  const quarrel = dice.pick([
    `"I have done the most, so I shall have the most," said the ${bad}. "Let us ask the ${judge}," said the ${good}.`,
    `"All ${counted(count, fruit)} are mine," said the ${bad}. "Then you will not mind if the ${judge} counts them," said the ${good}.`,
    `"Let us run for it," said the ${bad}. "Let us rather ask the ${judge}," said the ${good}, who was ${virtue} as always.`,
  ]);
  const verdict = dice.pick([
    `The ${judge} listened to both. "You are ${virtue}," it said to the ${good}, "and you are ${fault}," it said to the ${bad}. "The ${good} shall divide and the ${bad} shall go last."`,
    `The ${judge} thought until evening. "Because the ${good} was ${virtue}," it said, "it may keep the ${counted(count, fruit)}. Because the ${bad} was ${fault}, it may carry them."`,
  ]);
  const moral = dice.pick([
    `Since then the ${bad} has been a little less ${fault}, and they say in ${season}: ${lesson}.`,
    `The ${bad} went away from ${place} without a word. Remember: ${lesson}.`,
  ]);
  return [titled(`the ${good}, the ${bad} and the ${judge}`), opening, quarrel, verdict, moral].join('\n');
}

const RIDDLES: Readonly<Record<string, readonly string[]>> = {
  hedgehog: [
    'I carry a thousand needles and never sew',
    'In winter I sleep under leaves',
    'I roll up when you come near',
  ],
  tortoise: ['I take my house wherever I go', 'I have never hurried', 'I may live longer than you'],
  owl: ['I am awake when you are asleep', 'My head can look behind me', 'I ask the same question all night'],
  duck: ['Rain runs off my back', 'My feet are paddles', 'I talk through my flat nose'],
  mole: ['I dig without a spade', 'I wear black velvet', 'The sun means nothing to me'],
  squirrel: ['I hide my supper and forget where', 'My tail is my blanket', 'I know every branch'],
  candle: ['The longer I stand the shorter I grow', 'I weep when I am warm', 'A breath can kill me'],
  umbrella: ['I open when the sky does', 'I have ribs and no heart', 'You forget me when it is dry'],
  mirror: [
    'I show everyone and remember nobody',
    'When you smile I smile',
    'I have a face only when you have one',
  ],
  clock: ['I have hands and cannot hold', 'I run all day in one place', 'I speak once every hour'],
  key: ['I am small and let you into a house', 'I have teeth and do not bite', 'I turn around to do my work'],
  bell: ['I have one tongue and no teeth', 'I speak only when I am struck', 'I live in a tower'],
  river: ['I have a bed and never sleep', 'I have a mouth and never eat', 'I run and never walk'],
  shadow: ['I follow you on sunny days', 'I am long in the evening', 'You cannot lift me'],
};

/** Riddles are asked and solved; the clues belong to the answer. */
export function riddles(dice: Dice): string {
  const answers = dice.sample(Object.keys(RIDDLES), dice.whole(2, 3));
  const asked = answers.map((answer) => {
    const clues = dice.sample(RIDDLES[answer]!, 3);
    return `${clues.join('. ')}. What am I? ${capital(withArticle(answer))}.`;
  });
  return [
    `Riddles for ${dice.pick(SEASONS)}`,
    ...asked,
    `The answers were ${listed(answers.map(withArticle))}.`,
  ].join('\n');
}
