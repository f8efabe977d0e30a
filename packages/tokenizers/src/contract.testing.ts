import type { Tokenizer } from './tokenizer.ts';

/** One promise that every tokenizer keeps, to be checked on any text by any test runner. */
export interface TokenizerPromise {
  readonly name: string;
  /** @throws Error when the promise is broken */
  check(tokenizer: Tokenizer, text: string): void;
}

export interface TokenizerContractOptions {
  /** What decoding a text's ids gives. */
  readonly decoded: (text: string) => string;
  /** Reads what `toJSON` wrote. */
  readonly load: (json: string) => Tokenizer;
}

/** The contract of `Tokenizer`: what holds whatever the family, the vocabulary and the text. */
export function tokenizerContract({ decoded, load }: TokenizerContractOptions): readonly TokenizerPromise[] {
  return [
    {
      name: 'the fast paths agree with encode',
      check(tokenizer, text) {
        const { ids, length } = tokenizer.encode(text);
        same(tokenizer.encodeIds(text), ids, 'encodeIds');
        equal(tokenizer.countTokens(text), length, 'countTokens');
      },
    },
    {
      name: 'decoding gives the text back, at once and id by id',
      check(tokenizer, text) {
        const ids = tokenizer.encodeIds(text);
        equal(tokenizer.decode(ids), decoded(text), 'decode');
        const decoder = tokenizer.createDecoder();
        let streamed = '';
        for (const id of ids) {
          streamed += decoder.push(id);
          equal(decoded(text).startsWith(streamed), true, 'streamed text is a beginning of the whole');
        }
        equal(streamed + decoder.flush(), decoded(text), 'streamed text');
      },
    },
    {
      name: 'offsets cut the text between characters, in order and without a gap',
      check(tokenizer, text) {
        const { offsets, length } = tokenizer.encode(text);
        equal(offsets.length, length, 'number of offsets');
        let covered = 0;
        for (const [start, end] of offsets) {
          equal(
            start <= covered && end >= covered && start <= end,
            true,
            `[${start}, ${end}] after ${covered}`,
          );
          equal(
            splitsPair(text, start) || splitsPair(text, end),
            false,
            `[${start}, ${end}] halves a character`,
          );
          covered = end;
        }
        equal(covered, text.length, 'end of the last offset');
      },
    },
    {
      name: 'tokens and ids name each other',
      check(tokenizer, text) {
        const { ids, tokens } = tokenizer.encode(text);
        equal(tokens.length, ids.length, 'number of tokens');
        for (const [i, id] of ids.entries()) {
          equal(id >= 0 && id < tokenizer.vocabularySize, true, `id ${id} is below vocabularySize`);
          equal(tokenizer.idToToken(id), tokens[i], 'idToToken');
          equal(tokenizer.tokenToId(tokens[i]!), id, 'tokenToId');
        }
      },
    },
    {
      name: 'masks have one entry a token',
      check(tokenizer, text) {
        const { attentionMask, specialTokensMask, length } = tokenizer.encode(text);
        same(attentionMask, new Int32Array(length).fill(1), 'attentionMask');
        equal(specialTokensMask.length, length, 'specialTokensMask');
      },
    },
    {
      name: 'saved and loaded it is the same tokenizer',
      check(tokenizer, text) {
        const json = JSON.stringify(tokenizer);
        const loaded = load(json);
        equal(JSON.stringify(loaded), json, 'tokenizer.json');
        equal(loaded.vocabularySize, tokenizer.vocabularySize, 'vocabularySize');
        same(
          loaded.encodeIds(text, { allowedSpecial: 'all' }),
          tokenizer.encodeIds(text, { allowedSpecial: 'all' }),
          'ids',
        );
      },
    },
    {
      name: 'a special token is found where it is allowed, and can be left out again',
      check(tokenizer, text) {
        for (const { content, id, special } of tokenizer.addedTokens) {
          if (!special || text.includes(content) || (text + content).indexOf(content) < text.length) continue;
          const { ids, offsets, specialTokensMask } = tokenizer.encode(text + content, {
            allowedSpecial: [content],
          });
          equal(ids.at(-1), id, 'id of the special token');
          equal(specialTokensMask.at(-1), 1, 'its mask');
          equal(text.concat(content).slice(...offsets.at(-1)!), content, 'its slice');
          equal(tokenizer.decode(ids), decoded(text) + content, 'decode');
          equal(
            tokenizer.decode(ids.slice(-1), { skipSpecialTokens: true }),
            '',
            'decode without special tokens',
          );
        }
      },
    },
    {
      name: 'an id outside the vocabulary is an error that says so',
      check(tokenizer) {
        for (const id of [-1, tokenizer.vocabularySize, 0.5, Number.NaN]) {
          const message = messageOf(() => tokenizer.decode([id]));
          equal(message?.startsWith('id: expected an integer from 0 to '), true, `${id}: ${message}`);
          equal(
            messageOf(() => tokenizer.createDecoder().push(id)),
            message,
            'streaming',
          );
        }
      },
    },
  ];
}

function splitsPair(text: string, at: number): boolean {
  return at > 0 && text.codePointAt(at - 1)! > 0xffff;
}

function messageOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function same(got: Int32Array, expected: Int32Array, what: string): void {
  equal(got.join(), expected.join(), what);
}

function equal<T>(got: T, expected: T, what: string): void {
  if (Object.is(got, expected)) return;
  throw new Error(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`);
}
