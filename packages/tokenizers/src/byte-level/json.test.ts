import { beforeAll, describe, expect, test } from 'vitest';
import { tokenizerFromJSON } from '../from-json.ts';
import { ByteLevelBPETokenizer } from './tokenizer.ts';
import { trainByteLevelBPE } from './train.ts';

type Fields = Record<string, unknown>;

let saved: string;
beforeAll(async () => {
  const tokenizer = await trainByteLevelBPE('to be or not to be', {
    vocabularySize: 260,
    specialTokens: ['<|end|>'],
  });
  saved = JSON.stringify(tokenizer);
});

function savedMerges(): string[] {
  return (JSON.parse(saved) as { model: { merges: string[] } }).model.merges;
}

function savedVocabulary(): Record<string, number> {
  return (JSON.parse(saved) as { model: { vocab: Record<string, number> } }).model.vocab;
}

/** A good file with one field changed, added or, for `undefined`, taken out. */
function bent(path: string, value: unknown): string {
  const root: Fields = JSON.parse(saved);
  const keys = path.split('.');
  const last = keys.pop()!;
  let target = root;
  for (const key of keys) target = target[key] as Fields;
  if (value === undefined) delete target[last];
  else target[last] = value;
  return JSON.stringify(root);
}

/** The error that such a file gives. */
function errorOf(path: string, value: unknown): string {
  try {
    ByteLevelBPETokenizer.fromJSON(bent(path, value));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'no error';
}

describe('tokenizer.json', () => {
  test('is read from text and from an object, with a byte order mark too', () => {
    for (const json of [saved, `\ufeff${saved}`, JSON.parse(saved) as object]) {
      expect(tokenizerFromJSON(json).encode('to be').tokens).toEqual(['to', 'Ġbe']);
    }
  });

  test('merges may be pairs, as newer files have them', () => {
    const merges = savedMerges().map((merge) => merge.split(' '));
    expect(JSON.stringify(ByteLevelBPETokenizer.fromJSON(bent('model.merges', merges)))).toBe(saved);
  });

  test('fields that older files lack have their defaults', () => {
    for (const field of ['dropout', 'fuse_unk', 'byte_fallback', 'ignore_merges']) {
      expect(JSON.stringify(ByteLevelBPETokenizer.fromJSON(bent(`model.${field}`, undefined)))).toBe(saved);
    }
    for (const path of ['pre_tokenizer.use_regex', 'post_processor', 'truncation']) {
      expect(JSON.stringify(ByteLevelBPETokenizer.fromJSON(bent(path, undefined)))).toBe(saved);
    }
  });

  test('names whatever it does not understand', () => {
    expect(errorOf('normalizer', { type: 'NFC' })).toMatch(
      /^normalizer: expected null, since this is plain byte-level BPE, got an object/,
    );
    expect(errorOf('padding', {})).toMatch(/^padding: expected null/);
    expect(errorOf('colour', 'red')).toMatch(/^tokenizer.json.colour: expected only the fields version,/);
    expect(errorOf('pre_tokenizer.type', 'Metaspace')).toMatch(
      /^pre_tokenizer.type: expected "ByteLevel", got "Metaspace"/,
    );
    expect(errorOf('pre_tokenizer.use_regex', false)).toBe(
      'tokenizer.json: expected a BPE model over the whole byte alphabet, ByteLevel before and after it, got ' +
        'something else. Read it with tokenizerFromJSON.',
    );
    expect(errorOf('post_processor.type', 'RobertaProcessing')).toMatch(
      /^post_processor.type: expected "ByteLevel", got "RobertaProcessing"/,
    );
    expect(errorOf('model.dropout', 0.1)).toMatch(/^model.dropout: expected null or 0, got 0.1/);
  });

  test('a part that this package does not have is an error that names it and those it has', () => {
    for (const [section, type] of [
      ['normalizer', 'Stemmer'],
      ['pre_tokenizer', 'UnicodeScripts'],
      ['post_processor', 'Reverser'],
      ['decoder', 'Translator'],
    ] as const) {
      expect(() => tokenizerFromJSON(bent(section, { type }))).toThrow(`${section}.type: expected one of B`);
      expect(() => tokenizerFromJSON(bent(section, { type }))).toThrow(
        `, got "${type}". Leave that part out if the ids do not depend on it.`,
      );
    }
    const inner = { type: 'Sequence', pretokenizers: [{ type: 'Whitespace' }, { type: 'Jieba' }] };
    expect(() => tokenizerFromJSON(bent('pre_tokenizer', inner))).toThrow(
      /^pre_tokenizer.pretokenizers\[1\].type: expected one of .*, got "Jieba"/,
    );
    expect(() => tokenizerFromJSON({ model: { type: 'Neural' } })).toThrow(
      'model.type: expected one of BPE, Unigram, WordLevel, WordPiece, got "Neural"',
    );
  });
});

describe('a damaged or hostile file', () => {
  test('cut short', () => {
    for (const length of [0, 1, 100, saved.length - 1]) {
      expect(() => ByteLevelBPETokenizer.fromJSON(saved.slice(0, length))).toThrow(
        `tokenizer.json: expected JSON, got ${length} characters that are not (`,
      );
    }
  });

  test('nested deeply', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(() => tokenizerFromJSON(saved.replace('"normalizer":null', `"normalizer":${deep}`))).toThrow(
      /normalizer: expected an object, got an array of 1|expected JSON/,
    );
    expect(() => tokenizerFromJSON(deep)).toThrow(/expected an object, got an array of 1|expected JSON/);
  });

  test('not an object at all', () => {
    for (const json of ['null', '3', '"text"', '[]']) {
      expect(() => tokenizerFromJSON(json)).toThrow(/^tokenizer.json: expected an object, got /);
    }
  });

  test('without a model, a vocabulary or merges', () => {
    expect(errorOf('model', undefined)).toMatch(/^model: expected an object, got nothing/);
    expect(errorOf('model.vocab', undefined)).toMatch(
      /^model.vocab: expected an object of token: id, got nothing/,
    );
    expect(errorOf('model.vocab', {})).toBe(
      'model.vocab: expected tokens, got none. Check that the file is complete.',
    );
    expect(errorOf('model.merges', undefined)).toMatch(/^model.merges: expected an array, got nothing/);
  });

  test('ids that are huge, negative, broken or no numbers', () => {
    for (const id of [2 ** 31, 1e300, -1, 0.5, '7', null]) {
      expect(errorOf('model.vocab.z', id)).toMatch(
        /^model.vocab\["z"\]: expected an integer from 0 to 2097151 as id, got /,
      );
    }
    expect(errorOf('added_tokens.0.id', 2 ** 40)).toMatch(/^added_tokens\[0\].id: expected an integer/);
  });

  test('an id for two tokens', () => {
    expect(errorOf('model.vocab.zz', 5)).toMatch(
      /^model.vocab: expected an id for each token, got 5 for both .* and "zz"/,
    );
  });

  test('merges of tokens that are not there, or twice, or of no two tokens', () => {
    expect(errorOf('model.merges.3', 'x yz')).toBe(
      'merges[3] = "x" + "yz": expected tokens of the vocabulary, got "yz", which it lacks. ' +
        'Load the vocabulary and the merges of one and the same tokenizer.',
    );
    expect(errorOf('model.merges.3', 'x z')).toMatch(/got "xz", which it lacks/);
    expect(errorOf('model.merges.3', savedMerges()[0])).toMatch(/^merges\[3\]: expected each pair once/);
    for (const merge of ['abc', 'a b c', 7, null, ['a'], ['a', 1], ['a', 'b', 'c']]) {
      expect(errorOf('model.merges.1', merge)).toMatch(
        /^model.merges\[1\]: expected "left right" or \["left", "right"\], got /,
      );
    }
  });

  test('added tokens that contradict the vocabulary or each other', () => {
    expect(errorOf('added_tokens.0.id', 9)).toMatch(
      /^added token "<\|end\|>": expected an id that agrees with the vocabulary, got 9, where it has .* \(it gives "<\|end\|>" the id 0\)/,
    );
    expect(errorOf('added_tokens.1', { id: 0, content: '<|end|>', special: true })).toMatch(
      /^added tokens: expected each content and each id once, got "<\|end\|>" with id 0/,
    );
    expect(errorOf('added_tokens.0.content', '')).toMatch(
      /^added token: expected a non-empty, well-formed text, got ""/,
    );
  });

  test('names of Object.prototype are tokens like any other, and absent fields stay absent', () => {
    const names = ['__proto__', 'constructor', 'hasOwnProperty', 'toString'];
    const entries = Object.entries(savedVocabulary());
    for (const [i, name] of names.entries()) entries.push([name, 260 + i]);
    const tokenizer = tokenizerFromJSON(bent('model.vocab', Object.fromEntries(entries)));
    expect(tokenizer.vocabularySize).toBe(264);
    expect(names.map((name) => tokenizer.tokenToId(name))).toEqual([260, 261, 262, 263]);
    expect(tokenizer.decode([260])).toBe('__proto__');
    expect(tokenizerFromJSON(JSON.stringify(tokenizer)).idToToken(260)).toBe('__proto__');
    expect(tokenizerFromJSON(saved).tokenToId('__proto__')).toBeUndefined();
    expect(() => tokenizerFromJSON('{"__proto__": {"model": {"type": "BPE"}}}')).toThrow(
      'model: expected an object, got nothing',
    );
  });
});

describe('an added token that is not special', () => {
  test('is always found, longest first', () => {
    const contents = ['<|end|>', 'new', 'new york', '.*'];
    const added = contents.map((content, i) => ({ id: i === 0 ? 0 : 259 + i, content, special: i === 0 }));
    const tokenizer = tokenizerFromJSON(bent('added_tokens', added));
    expect(tokenizer.encode('new york .*<|end|>new').tokens.filter((token) => token.length > 1)).toEqual([
      'new york',
      '.*',
      'new',
    ]);
    expect(tokenizer.decode(tokenizer.encodeIds('a new york'), { skipSpecialTokens: true })).toBe(
      'a new york',
    );
    expect(tokenizer.vocabularySize).toBe(263);
    expect(tokenizerFromJSON(JSON.stringify(tokenizer)).encodeIds('a new york')).toEqual(
      tokenizer.encodeIds('a new york'),
    );
  });
});
