/** Any one character, line ends included, in every dialect of regular expressions that reads these files. */
export const ANY_CHARACTER = '[\\s\\S]';

export const CHARACTER_SPLIT: object = {
  type: 'Split',
  pattern: { Regex: ANY_CHARACTER },
  behavior: 'Isolated',
  invert: false,
};

export const CHARACTER_DECODER: object = { type: 'Fuse' };

/** Whether every character is a word and words are put together as they are. */
export function cutsCharacters(preTokenizer: unknown, decoder: unknown): boolean {
  return same(preTokenizer, CHARACTER_SPLIT) && same(decoder, CHARACTER_DECODER);
}

function same(value: unknown, expected: object): boolean {
  return JSON.stringify(value) === JSON.stringify(expected);
}
