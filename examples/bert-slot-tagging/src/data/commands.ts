// Travel commands with slots, made by rules written for this example. The same words mean different things in different
// places: Taipei is where one goes in "arrive Taipei" and where one starts in "leave Taipei", "on" belongs to a date in
// "on Monday" and to nothing in "on foot", "May" is a month or a passenger, "ten" an hour or a number of seats.
import type { TaggedExample } from '@tenon/data';
import { Dice, distinct, expand, type Grammar } from '@tenon/example-kit';

const list = (text: string): string[] => text.split(', ');

// `[dest Cape Town]` is a slot: `dest` where to, `from` where from, `on` the word before a date, `time` when, `carrier` with
// whom, `name` for whom, `seats` how many.
const RULES: Grammar = {
  command: [
    '{trip}',
    '{trip} {when}',
    '{ask} {trip} {when}',
    '{when} {trip}',
    '{trip} {more}',
    '{trip} {when} {more}',
    '{ask} {trip} {more}',
  ],
  ask: [
    'please',
    'I want to',
    'I have to',
    'we would like to',
    'can I',
    'help me',
    'is there a way to',
    'book me {seats} to',
    '[name {person}] wants to',
    '[name {person}] has to',
  ],
  seats: ['[seats {count}] seats', 'a seat', '[seats {count}] tickets'],
  trip: [
    ...[
      'arrive {to}',
      'arrive in {to}',
      'go to {to}',
      'reach {to}',
      'be in {to}',
      'fly to {to}',
      'return to {to}',
    ],
    ...[
      'leave {out}',
      'leave from {out}',
      'get out of {out}',
      'depart {out}',
      'depart from {out}',
      'start in {out}',
    ],
    ...[
      'go from {out} to {to}',
      'leave {out} for {to}',
      'travel to {to} from {out}',
      'get to {to} out of {out}',
    ],
    ...['leave {out} and arrive in {to}', 'arrive in {to} and leave {out}', 'take the {out} {to} line'],
  ],
  to: ['[dest {city}]'],
  out: ['[from {city}]'],
  when: [
    ...[
      '[on on] [time {date}]',
      '[on on] [time {date}]',
      '[on on] [time {date}] at [time {hour}]',
      'at [time {hour}]',
    ],
    ...[
      'before [time {hour}]',
      '[time {soon}]',
      'between [time {hour}] and [time {hour}]',
      'not before [time {date}]',
      'in [time {month}]',
    ],
  ],
  date: [
    '{month} {day}',
    '{month} {day}',
    'the {day} of {month}',
    '{weekday}',
    '{weekday} {part}',
    '{weekday} the {day}',
  ],
  soon: ['tomorrow', 'tomorrow {part}', 'next {weekday}', 'next week', 'today', 'this {part}'],
  more: [
    'for [name {person}]',
    'on {how}',
    'with [carrier {carrier}]',
    'on [carrier {carrier}]',
    'for [seats {count}] people',
  ],
  how: ['foot', 'business', 'holiday', 'my own', 'a bicycle', 'a slow train'],
  part: ['morning', 'afternoon', 'evening', 'night'],
  weekday: list('Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday'),
  month: list(
    'January, February, March, April, May, June, July, August, September, October, November, December',
  ),
  day: list('1st, 2nd, 3rd, 4th, 5th, 8th, 11th, 12th, 17th, 20th, 21st, 22nd, 23rd, 30th'),
  hour: list("six, seven, half past eight, nine, ten, noon, quarter to three, 4 pm, 5 o'clock"),
  count: list('two, three, four, six, seven, nine, ten'),
};
const NAMES = {
  village: ['{beginning}{ending}'],
  ending: list('mora, wick, dale, holm, rin, stead, by, vale, combe, ness, ford, ton'),
  carrier: ['{colour} {bird} Air', '{bird} Lines', '{village} Rail', '{village} Ferries', '{colour} {bird}'],
  colour: list('Blue, Red, White, Golden, Grey'),
};
const TRAIN: Grammar = {
  ...RULES,
  ...NAMES,
  city: [
    ...list(
      'Taipei, Lisbon, Oslo, New York, Nairobi, Lima, Osaka, San Marino, Vienna, Cairo, Hanoi, Quito, Cape Town, Sofia, Tunis, Riga, Mexico City, Seoul, Dakar, Porto, Tallinn, Buenos Aires, Jakarta, Geneva, Santa Cruz, Bilbao, Perth, Havana, Kyoto, Bern, Accra, New Orleans, Naples, Turin',
    ),
    ...Array<string>(30).fill('{village}'),
    ...list('New {village}, San {person}, {village} City'),
  ],
  beginning: list('Vel, Tor, Mar, Os, Bel, Gri, Sha, Cor, Wim, Hal, Nor, Tas, Ruk, Fen, Lo, Que'),
  bird: list('Heron, Tern, Kite, Pelican, Gull, Wren'),
  person: list(
    'May, April, June, Anna, Ruben, Ines, Tomas, Mei, Samir, Olga, Leon, Farah, Marta, Hugo, Sina, Pavel, Aiko, Tariq, Lena, Boris, Chloe, Dario, Emil, Ruth',
  ),
};
/** About cities, carriers and passengers of whom no training command speaks. */
const HELD_OUT: Grammar = {
  ...RULES,
  ...NAMES,
  city: list(
    'Kaohsiung, New Delhi, Marseille, San Jose, Valencia, Salvador, Nagoya, Tampere, {village}, {village}',
  ),
  beginning: list('Lun, Dra, Pem, Ash, Tir'),
  bird: list('Stork, Osprey, Swallow'),
  person: list('Augusta, May, Rosa, Timur, Nils, Marlene'),
};

/** Different commands; no training command is `arrive Taipei on November 2nd`. */
export function commands(
  count: { train: number; heldOut: number },
  seed: number,
): { train: TaggedExample[]; heldOut: TaggedExample[] } {
  const dice = new Dice(seed);
  const taken = new Set(BY_HAND.map(({ words }) => words.join(' ')));
  const draw = (number: number, grammar: Grammar): TaggedExample[] =>
    distinct(
      number,
      () => tagged(expand(grammar, 'command', dice)),
      ({ words }) => words.join(' '),
      taken,
    );
  return { heldOut: draw(count.heldOut, HELD_OUT), train: draw(count.train, TRAIN) };
}

/** `to [dest Cape Town]`: three words, tagged O, B-dest and I-dest. */
function tagged(text: string): TaggedExample {
  const parts = [...text.matchAll(/\[(\w+) ([^\]]+)\]|([^[\] ]+)/g)].map(([, slot, inside, word]) => {
    const words = (inside ?? word!).split(' ');
    return {
      words,
      tags: words.map((_, i) => (slot === undefined ? 'O' : `${i === 0 ? 'B' : 'I'}-${slot}`)),
    };
  });
  return { words: parts.flatMap(({ words }) => words), tags: parts.flatMap(({ tags }) => tags) };
}

/** Written by hand, and not by the rules. */
export const BY_HAND: readonly TaggedExample[] = [
  'arrive [dest Taipei] [on on] [time November 2nd]',
  'leave [from Taipei] [on on] [time November 2nd]',
  'a ticket from [from Lisbon] to [dest New York] [time next Monday] please',
  'I must be out of [from Oslo] before [time noon] and in [dest Riga] [on on] [time Friday]',
  '[name May] wants to go to [dest Kyoto] in [time May]',
  'on foot from [from Bern] to [dest Geneva] for [seats four] people',
].map(tagged);
