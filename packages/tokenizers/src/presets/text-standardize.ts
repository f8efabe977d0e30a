import { FINAL_SIGMA } from '../normalizers/bert-steps.ts';

// Python's white space, line feed apart: JavaScript's \s has U+FEFF, lacks U+0085 and U+001C to U+001F.
const BLANK = '\\t\\x0b-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

/** Runs of one sign that stand alone. */
const SIGNS = String.raw`-+|~+|!+|"+|;+|\?+|\++|,+|\)+|\(+|\\+|\/+|\*+|\[+|\]+|\}+|\{+|\|+|_+`;

const SPELLINGS: readonly (readonly [from: string, to: string])[] = [
  ['—', '-'],
  ['–', '-'],
  ['―', '-'],
  ['…', '...'],
  ['´', "'"],
];

const SIGN_RUNS = new RegExp(SIGNS, 'g');
const BLANK_RUNS = new RegExp(`[\\n${BLANK}]+`, 'g');

/**
 * `text_standardize` of the GPT (2018) release: plain dashes and dots, blanks around signs, single blanks between words,
 * line ends kept as words of their own.
 *
 * @example
 * ```ts
 * import { standardizeText } from '@tenon/tokenizers';
 *
 * console.log(standardizeText('Well…  (a\n\nb)!')); // Well... ( a \n b ) !
 * ```
 * @see openai/finetune-transformer-lm, text_utils.py
 */
export function standardizeText(text: string): string {
  const spelled = SPELLINGS.reduce((result, [from, to]) => result.replaceAll(from, to), text);
  return spelled
    .replace(SIGN_RUNS, ' $& ')
    .replace(BLANK_RUNS, (run) => (run.includes('\n') ? ' \n ' : ' '))
    .replace(/^ (?:\n )?|(?: \n)? $/g, '');
}

const replace = (pattern: object, content: string): object => ({ type: 'Replace', pattern, content });
const split = (regex: string, behavior: string): object => ({
  type: 'Split',
  pattern: { Regex: regex },
  behavior,
  invert: false,
});

/** The words of a standardised text in lower case, as steps of a pipeline. */
export const STANDARD_WORDS: { readonly normalizer: object; readonly pre_tokenizer: object } = {
  normalizer: {
    type: 'Sequence',
    normalizers: [
      replace({ Regex: '[\\x1c-\\x1f]' }, ' '),
      { type: 'Strip', strip_left: true, strip_right: true },
      ...SPELLINGS.map(([from, to]) => replace({ String: from }, to)),
      replace({ Regex: `\\n[\\n${BLANK}]*` }, '\n'),
      FINAL_SIGMA,
      { type: 'Lowercase' },
    ],
  },
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [split(`[${BLANK}]+`, 'Removed'), split('\\n', 'Isolated'), split(SIGNS, 'Isolated')],
  },
};
