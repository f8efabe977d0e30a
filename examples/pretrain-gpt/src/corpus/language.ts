const UNITS = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
] as const;
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'] as const;
const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'] as const;

/** `no`, `seven`, `forty-two`: whole numbers below a hundred in words. */
export function numberWord(value: number): string {
  if (value < 20) return UNITS[value]!;
  const tens = TENS[Math.floor(value / 10)]!;
  return value % 10 === 0 ? tens : `${tens}-${UNITS[value % 10]!}`;
}

/** `first` for 0, up to `sixth`. */
export function ordinal(index: number): string {
  return ORDINALS[index]!;
}

const IRREGULAR: Readonly<Record<string, string>> = {
  knife: 'knives',
  loaf: 'loaves',
  scarf: 'scarves',
  leaf: 'leaves',
  goose: 'geese',
  mouse: 'mice',
  sheep: 'sheep',
  trout: 'trout',
  tomato: 'tomatoes',
  potato: 'potatoes',
};

/** `loaves`, `clay pots`, `jars of honey` */
export function plural(noun: string): string {
  const of = noun.indexOf(' of ');
  if (of > 0) return plural(noun.slice(0, of)) + noun.slice(of);
  const space = noun.lastIndexOf(' ') + 1;
  const [before, last] = [noun.slice(0, space), noun.slice(space)];
  return before + (IRREGULAR[last] ?? regularPlural(last));
}

function regularPlural(noun: string): string {
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(s|x|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
}

/** `one lamp`, `three lamps`, `no lamps`. */
export function counted(count: number, noun: string): string {
  return `${numberWord(count)} ${count === 1 ? noun : plural(noun)}`;
}

/** `a lamp`, `an old lamp`. */
export function withArticle(phrase: string): string {
  return /^([aeio]|u[^sn]|un[^i]|hour|honest)/i.test(phrase) ? `an ${phrase}` : `a ${phrase}`;
}

/** `bread, salt and honey` */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)!}`;
}

const SMALL_WORDS: ReadonlySet<string> = new Set(['a', 'and', 'for', 'from', 'in', 'of', 'the']);

/** `The Lamp of Ada`: every word with a capital, but for the small ones inside. */
export function titled(text: string): string {
  return capital(text.replace(/[a-z-]+/gi, (word) => (SMALL_WORDS.has(word) ? word : capital(word))));
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
