import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { GENRES, tellStories } from './corpus.ts';
import { Dice } from './dice.ts';
import { counted, listed, numberWord, plural, titled, withArticle } from './language.ts';
import { ANIMALS, FRUITS, GOODS, QUALITIES, THINGS } from './words.ts';

const corpus = tellStories(42, 1_600_000);
const all = [...corpus.train, ...corpus.validation];

describe('tellStories', () => {
  it('tells more than a megabyte, always the same for the same seed', () => {
    const text = all.join('\n\n');
    expect(Buffer.byteLength(text)).toBeGreaterThan(1_000_000);
    expect(createHash('sha256').update(text).digest('hex')).toBe(HASH);
    expect(tellStories(42, 50_000)).toEqual(tellStories(42, 50_000));
    expect(tellStories(43, 50_000)).not.toEqual(tellStories(42, 50_000));
  });

  it('tells no story twice, neither in one part nor in both', () => {
    expect(new Set(all).size).toBe(all.length);
    expect(corpus.validation.length).toBeGreaterThan(all.length / 25);
  });

  it('tells stories of every kind', () => {
    const perKind = all.length / Object.keys(GENRES).length;
    for (const beginning of [
      /^The Diary of/,
      /^At the Market/,
      /^How Many/,
      /^Rhyme of/,
      /^Trains from/,
      /^A Letter to/,
    ]) {
      const count = all.filter((story) => beginning.test(story)).length;
      expect(count).toBeGreaterThan(perKind / 2);
    }
  });

  it.each([
    ['a for an', /\b[Aa] [aeio]/],
    ['an for a', /\b[Aa]n [bcdfgjklmnpqrstvwxyz]/],
    ['a missing word', /undefined|NaN|\[object| {2}| [,.]/],
    ['a doubled word', /\b(the|a|of|in|and) \1\b/],
    [
      'one of many',
      /(?<!-)\bone (coins|miles|years|minutes|loaves|others|days|guests|eggs|spoons|marbles)\b/,
    ],
  ])('makes no mistake of the kind "%s"', (_, mistake) => {
    expect(all.filter((story) => mistake.test(story)).map((story) => mistake.exec(story)![0])).toEqual([]);
  });
});

describe('what the stories say is right', () => {
  it('bargain: price, total and change', () => {
    for (const story of tellAll('bargain')) {
      const [, purse] = numbers(/with ([\w-]+) coins?\. /, story);
      const [, count, each] = [
        ...numbers(/(?:for each and take|If I take) ([\w-]+)/, story),
        ...numbers(/(?:give you|have them for) ([\w-]+)/, story).slice(1),
      ];
      const [, paid] = numbers(/paid ([\w-]+) coins?/, story);
      const [, left] = numbers(/went home with ([\w-]+) coins?/, story);
      expect(paid).toBe(count! * each!);
      expect(left).toBe(purse! - paid!);
    }
  });

  it('counting: the account comes out at what remained', () => {
    for (const story of tellAll('counting')) {
      const account = story.split('\n').at(-1)!;
      const [, start] = numbers(/began with ([\w-]+)/, account);
      const [, remained] = numbers(/([\w-]+) remained/, account);
      let count = start!;
      for (const [, verb, word] of account.matchAll(/(gave|got) ([\w-]+)/g)) {
        count += verb === 'gave' ? value(word!) : -value(word!);
      }
      expect(remained).toBe(count);
      expect(story.split('\n')[1]).toMatch(new RegExp(`${numberWord(count)}[^.]*\\.?"?[^.]*\\.$`, 'i'));
    }
  });

  it('travelLog: miles and loaves add up, and the road goes on where it ended', () => {
    for (const story of tellAll('travelLog')) {
      const days = story.split('\n').filter((line) => line.startsWith('Day '));
      let [, food] = numbers(/and ([\w-]+) lo(?:af|aves) of bread/, story);
      let miles = 0;
      let place = /travelled from (\w+)/.exec(story)![1];
      for (const day of days) {
        const [, distance, from, to] = /(\S+) miles? from (\w+) to (\w+)/.exec(day)!;
        expect(from).toBe(place);
        place = to;
        miles += value(distance!);
        const stated = /which makes (\d+) in all/.exec(day);
        if (stated) expect(Number(stated[1])).toBe(miles);
        food! -= numbers(/We ate ([\w-]+) of/, day)[1]!;
        expect(numbers(/have ([\w-]+) left/, day)[1]).toBe(food);
      }
      expect(story).toContain(`${numberWord(days.length)} days`);
      expect(story).toContain(`${miles} miles`);
    }
  });

  it('questions and races: each answer stands in the text above it', () => {
    for (const story of [...tellAll('questions'), ...tellAll('race')]) {
      const [told, ...answers] = story.split(/\nQ: /);
      expect(answers.length).toBeGreaterThan(0);
      for (const answer of answers) {
        const said = answer
          .split(' A: ')[1]!
          .replace(/^It belongs to |^On |\.$/g, '')
          .replace(/^An? |, with.*| minutes/g, '');
        expect(told!.toLowerCase()).toContain(said.toLowerCase());
      }
    }
  });

  it('recipe: the steps use the amounts of the list', () => {
    for (const story of tellAll('recipe')) {
      const list = /You need (.*), and an? ([a-z ]+)\./.exec(story)!;
      const steps = story
        .split('\n')
        .filter((line) => /^\d\./.test(line))
        .join(' ');
      for (const [, amount, what] of list[1]!.matchAll(
        /\b(\w+) ((?:ripe|long|brown|soft|white|dark|field|floury|thin|red) \w+)/g,
      )) {
        expect(steps).toContain(`the ${amount} ${what}`);
      }
      expect(steps).toContain(list[2]!);
    }
  });

  it('timetable: the delay is the same at both ends', () => {
    for (const story of tellAll('timetable')) {
      const times = [...story.matchAll(/^(\d+)\.(\d\d) /gm)].map(
        ([, hours, minutes]) => Number(hours) * 60 + Number(minutes),
      );
      expect(times).toEqual([...times].sort((a, b) => a - b));
      const [, hours, minutes, late] = /"At (\d+)\.(\d\d), ([\w-]+) minutes late/.exec(story)!;
      expect(Number(hours) * 60 + Number(minutes)).toBe(times.at(-1)! + value(late!));
    }
  });
});

describe('language', () => {
  it('counts, lists and names in good English', () => {
    expect(numberWord(42)).toBe('forty-two');
    expect(counted(1, 'loaf')).toBe('one loaf');
    expect(counted(3, 'jar of honey')).toBe('three jars of honey');
    expect(['box', 'berry', 'knife', 'goose', 'clay pot'].map(plural)).toEqual([
      'boxes',
      'berries',
      'knives',
      'geese',
      'clay pots',
    ]);
    expect(['owl', 'umbrella', 'hourglass', 'uncle', 'unicorn', 'mug'].map(withArticle)).toEqual([
      'an owl',
      'an umbrella',
      'an hourglass',
      'an uncle',
      'a unicorn',
      'a mug',
    ]);
    expect(listed(['bread', 'salt', 'honey'])).toBe('bread, salt and honey');
    expect(titled('the jar of ada')).toBe('The Jar of Ada');
  });

  it('has words without doubles', () => {
    for (const list of [ANIMALS, FRUITS, GOODS, QUALITIES, THINGS])
      expect(new Set(list).size).toBe(list.length);
  });
});

/** Changes when a word or a sentence does; then so does what every run learns. */
const HASH = 'f7c77a5d89f4d36c6f891517762fe24ba22ec06acd3985f3431b2c8d79006376';

const tellAll = (genre: string): string[] =>
  Array.from({ length: 200 }, (_, story) => GENRES[genre]!(new Dice(7, story)));

const WORDS = new Map(Array.from({ length: 100 }, (_, number) => [numberWord(number), number]));
const value = (word: string): number => WORDS.get(word.toLowerCase())!;

/** The whole match, then the numbers that the groups spell. */
const numbers = (pattern: RegExp, text: string): number[] => [
  Number.NaN,
  ...pattern.exec(text)!.slice(1).map(value),
];
