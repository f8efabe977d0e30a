import { SAMPLES, wellFormed } from './texts.ts';

/** Texts of many scripts, code, and broken ones: what the families below are made from and tested on. */
export const CORPUS: readonly string[] = [
  ...SAMPLES,
  'The quick brown fox jumps over the lazy dog; the dog, unimpressed, sleeps on.',
  "It's 2024, isn't it? They're sure he'd've said \"no\" -- weren't they?!",
  'function add(a, b) {\n\treturn a + b; // sum\r\n}\n\nconst x = [1, 2.5, -3e8];\n',
  '今天天气不错,是吗?我们去公园散步吧。',
  'مرحبا بالعالم، كيف حالك اليوم؟ ٣٤٥',
  'नमस्ते दुनिया, आप कैसे हैं? १२३',
  '😀👍🏽 family 👩‍👩‍👧 flags 🇩🇪🇫🇷 ☺️',
  'Ångström naïve façade, e\u0301le\u0301ve, ﬁne ½ ² Ⅷ ㎏ ﷺ',
  'ΟΔΥΣΣΕΥΣ Σ. İstanbul ẞ straße ǅ',
  '한국어 문장입니다 가\u1100\u1161\u11a8',
  'tab\tand nbsp\u00a0and zero\u200bwidth\u00adsoft\ufeffbom\u0085nel\u2028line',
  'broken \ud83d middle \ude00 and \ud800\udc00 fine \ufffd',
  '1234567 3.14159 12,345.67 ０１２',
  'a_b-c.d/e\\f@g#h$i%j^k&l*m(n)o+p=q{r}[s]|t~u`v<w>x',
  '   leading and trailing   ',
  'ab'.repeat(60),
];

const TEXTS = CORPUS.map(wellFormed);

/** Longer words first seen are cut into these; the most frequent ones are tokens. */
function substrings(texts: readonly string[], most: number): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const word of text.split(/\s+/u)) {
      const characters = [...word];
      for (let from = 0; from < characters.length; from++) {
        for (let length = 2; length <= 5 && from + length <= characters.length; length++) {
          const part = characters.slice(from, from + length).join('');
          counts.set(part, (counts.get(part) ?? 0) + 1);
        }
      }
    }
  }
  const ranked = [...counts]
    .filter(([, count]) => count > 1)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return ranked.slice(0, most).map(([part]) => part);
}

function characters(texts: readonly string[]): string[] {
  return [...new Set(texts.join(''))].sort();
}

function vocabularyOf(tokens: Iterable<string>): Record<string, number> {
  return Object.fromEntries([...new Set(tokens)].map((token, id) => [token, id]));
}

const decomposed = TEXTS.map((text) => text.normalize('NFD').toLowerCase());
// Half of the rarer characters are left out, so that some text is unknown.
const known = characters([...TEXTS, ...decomposed]).filter((c, i) => c < '\u3000' || i % 2 === 0);
const parts = substrings([...TEXTS, ...decomposed, ...TEXTS.map((text) => text.toLowerCase())], 400);

const bertVocabulary = vocabularyOf([
  ...['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'],
  ...known.filter((c) => c.trim() !== ''),
  ...known.filter((c) => c.trim() !== '').map((c) => `##${c}`),
  ...parts,
  ...parts.map((part) => `##${part}`),
]);

/** Pairs that are merged most often, learned the slow way. */
function learn(words: readonly (readonly string[])[], count: number): [string, string][] {
  const merges: [string, string][] = [];
  let current = words.map((word) => [...word]);
  while (merges.length < count) {
    const pairs = new Map<string, number>();
    for (const word of current) {
      for (let i = 0; i + 1 < word.length; i++) {
        const key = `${word[i]} ${word[i + 1]}`;
        pairs.set(key, (pairs.get(key) ?? 0) + 1);
      }
    }
    const [best] = [...pairs].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    if (best === undefined || best[1] < 2) break;
    const [left, right] = best[0].split(' ') as [string, string];
    merges.push([left, right]);
    current = current.map((word) => merged(word, left, right));
  }
  return merges;
}

function merged(word: readonly string[], left: string, right: string): string[] {
  const result: string[] = [];
  for (let i = 0; i < word.length; i++) {
    if (word[i] === left && word[i + 1] === right) {
      result.push(left + right);
      i++;
    } else {
      result.push(word[i]!);
    }
  }
  return result;
}

function bpe(words: readonly (readonly string[])[], count: number, first: readonly string[]) {
  const merges = learn(words, count);
  const vocab = vocabularyOf([...first, ...words.flat(), ...merges.map((pair) => pair.join(''))]);
  return { vocab, merges };
}

const blanksOut = (text: string): string => text.replaceAll(' ', '▁');
const wordsOf = (texts: readonly string[]): string[] =>
  texts.flatMap((text) => text.split(/\s+/u)).filter(Boolean);

const gpt = bpe(
  wordsOf(TEXTS.map((text) => text.toLowerCase())).map((word) =>
    [...word].map((character, i, all) => (i === all.length - 1 ? `${character}</w>` : character)),
  ),
  300,
  ['<unk>'],
);
const bytes = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
);
const llama = bpe(
  TEXTS.slice(14).map((text) => [...blanksOut(text)].slice(0, 400)),
  250,
  ['<unk>', '<s>', '</s>', ...bytes],
);

const unigramPieces: [string, number][] = [
  ...new Set(['<pad>', '</s>', '<unk>', '▁', ...known, ...parts, ...parts.map((part) => `▁${part}`)]),
].map((token, i) => [token, i < 3 ? 0 : -2 - ((i * 7919) % 1000) / 90 - 4 / [...token].length]);

const special = (content: string, id: number) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});
const template = (cls: string, sep: string, ids: Record<string, number>) => ({
  type: 'TemplateProcessing',
  single: [
    { SpecialToken: { id: cls, type_id: 0 } },
    { Sequence: { id: 'A', type_id: 0 } },
    { SpecialToken: { id: sep, type_id: 0 } },
  ],
  pair: [
    { SpecialToken: { id: cls, type_id: 0 } },
    { Sequence: { id: 'A', type_id: 0 } },
    { SpecialToken: { id: sep, type_id: 0 } },
    { Sequence: { id: 'B', type_id: 1 } },
    { SpecialToken: { id: sep, type_id: 1 } },
  ],
  special_tokens: Object.fromEntries(
    [cls, sep].map((token) => [token, { id: token, ids: [ids[token]], tokens: [token] }]),
  ),
});

const root = { version: '1.0', truncation: null, padding: null, added_tokens: [] as object[] };
const BPE = {
  type: 'BPE',
  dropout: null,
  unk_token: null as string | null,
  continuing_subword_prefix: null as string | null,
  end_of_word_suffix: null as string | null,
  fuse_unk: false,
  byte_fallback: false,
  ignore_merges: false,
};
const bert = (options: object) => ({
  ...root,
  added_tokens: ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].map(special),
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
    ...options,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: template('[CLS]', '[SEP]', bertVocabulary),
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: bertVocabulary,
  },
});
const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
const LLAMA3 =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/** A small tokenizer of every family, as its tokenizer.json; the byte-level ones need a trained vocabulary. */
export function families(byteLevel: {
  vocab: Record<string, number>;
  merges: readonly string[];
}): Record<string, object> {
  const byteModel = { ...BPE, ...byteLevel };
  const bl = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const [s, e] = [byteLevel.vocab['<s>']!, byteLevel.vocab['</s>']!];
  const sentencePiece = { normalizer: { type: 'NFKC' }, pre_tokenizer: metaspace, decoder: metaspace };
  return {
    'BERT uncased': bert({}),
    'BERT cased': bert({ lowercase: false }),
    'BERT, accents kept, no Chinese': bert({
      strip_accents: false,
      handle_chinese_chars: false,
      clean_text: false,
    }),
    'BERT with BertProcessing': {
      ...bert({}),
      post_processor: {
        type: 'BertProcessing',
        sep: ['[SEP]', bertVocabulary['[SEP]']],
        cls: ['[CLS]', bertVocabulary['[CLS]']],
      },
    },
    'GPT (2018)': {
      ...root,
      added_tokens: [special('<unk>', 0)],
      normalizer: bert({}).normalizer,
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: null,
      decoder: { type: 'BPEDecoder', suffix: '</w>' },
      model: { ...BPE, unk_token: '<unk>', end_of_word_suffix: '</w>', ...gpt },
    },
    'GPT-2': {
      ...root,
      normalizer: null,
      pre_tokenizer: bl,
      post_processor: { ...bl, trim_offsets: false },
      decoder: bl,
      model: byteModel,
    },
    'RoBERTa, blank in front': {
      ...root,
      added_tokens: [special('<s>', s), special('</s>', e)],
      normalizer: null,
      pre_tokenizer: { ...bl, add_prefix_space: true },
      post_processor: {
        type: 'RobertaProcessing',
        sep: ['</s>', e],
        cls: ['<s>', s],
        trim_offsets: true,
        add_prefix_space: true,
      },
      decoder: bl,
      model: byteModel,
    },
    'Llama 3': {
      ...root,
      added_tokens: [special('<s>', s)],
      normalizer: null,
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [
          { type: 'Split', pattern: { Regex: LLAMA3 }, behavior: 'Isolated', invert: false },
          { ...bl, use_regex: false },
        ],
      },
      post_processor: {
        type: 'Sequence',
        processors: [
          bl,
          {
            type: 'TemplateProcessing',
            single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
            pair: [
              { SpecialToken: { id: '<s>', type_id: 0 } },
              { Sequence: { id: 'A', type_id: 0 } },
              { SpecialToken: { id: '<s>', type_id: 1 } },
              { Sequence: { id: 'B', type_id: 1 } },
            ],
            special_tokens: { '<s>': { id: '<s>', ids: [s], tokens: ['<s>'] } },
          },
        ],
      },
      decoder: bl,
      model: { ...byteModel, ignore_merges: true },
    },
    'Qwen 2': {
      ...root,
      normalizer: { type: 'NFC' },
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [
          {
            type: 'Split',
            pattern: { Regex: LLAMA3.replace('{1,3}', '') },
            behavior: 'Isolated',
            invert: false,
          },
          { ...bl, use_regex: false },
        ],
      },
      post_processor: bl,
      decoder: bl,
      model: byteModel,
    },
    'DeepSeek-like, several splits': {
      ...root,
      normalizer: null,
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [
          { type: 'Split', pattern: { Regex: '[\\r\\n]' }, behavior: 'Isolated', invert: false },
          { type: 'Split', pattern: { Regex: '\\s?\\p{L}+' }, behavior: 'Isolated', invert: false },
          { type: 'Digits', individual_digits: true },
          { ...bl, use_regex: false },
        ],
      },
      post_processor: null,
      decoder: bl,
      model: byteModel,
    },
    'Llama 2': {
      ...root,
      added_tokens: [special('<unk>', 0), special('<s>', 1), special('</s>', 2)],
      normalizer: {
        type: 'Sequence',
        normalizers: [
          { type: 'Prepend', prepend: '▁' },
          { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
        ],
      },
      pre_tokenizer: null,
      post_processor: template('<s>', '</s>', llama.vocab),
      decoder: {
        type: 'Sequence',
        decoders: [
          { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
          { type: 'ByteFallback' },
          { type: 'Fuse' },
          { type: 'Strip', content: ' ', start: 1, stop: 0 },
        ],
      },
      model: { ...BPE, unk_token: '<unk>', fuse_unk: true, byte_fallback: true, ...llama },
    },
    'T5-like Unigram': {
      ...root,
      added_tokens: ['<pad>', '</s>', '<unk>'].map(special),
      ...sentencePiece,
      post_processor: null,
      model: { type: 'Unigram', unk_id: 2, vocab: unigramPieces, byte_fallback: false },
    },
    'Unigram with Nmt, first blank, no split': {
      ...root,
      normalizer: {
        type: 'Sequence',
        normalizers: [
          { type: 'Nmt' },
          { type: 'NFKC' },
          { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' },
          { type: 'Strip', strip_left: true, strip_right: true },
        ],
      },
      pre_tokenizer: { ...metaspace, prepend_scheme: 'first', split: false },
      post_processor: null,
      decoder: { ...metaspace, prepend_scheme: 'first', split: false },
      model: { type: 'Unigram', unk_id: 2, vocab: unigramPieces, byte_fallback: false },
    },
    'Unigram with byte fallback': {
      ...root,
      normalizer: null,
      pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, metaspace] },
      post_processor: null,
      decoder: { type: 'Sequence', decoders: [{ type: 'ByteFallback' }, metaspace] },
      model: {
        type: 'Unigram',
        unk_id: 2,
        vocab: [...unigramPieces, ...bytes.map((token): [string, number] => [token, -20])],
        byte_fallback: true,
      },
    },
    'Transformer-XL words': {
      ...root,
      normalizer: {
        type: 'Sequence',
        normalizers: [{ type: 'NFD' }, { type: 'StripAccents' }, { type: 'Lowercase' }],
      },
      pre_tokenizer: { type: 'Whitespace' },
      post_processor: null,
      decoder: null,
      model: {
        type: 'WordLevel',
        vocab: vocabularyOf(['<unk>', ...wordsOf(decomposed), ...parts]),
        unk_token: '<unk>',
      },
    },
    'Transformer-XL with its special tokens': {
      ...root,
      added_tokens: ['<eos>', '<unk>', '<formula>'].map(special),
      normalizer: null,
      pre_tokenizer: { type: 'WhitespaceSplit' },
      post_processor: {
        type: 'TemplateProcessing',
        single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '<eos>', type_id: 0 } }],
        pair: [
          { Sequence: { id: 'A', type_id: 0 } },
          { SpecialToken: { id: '<eos>', type_id: 0 } },
          { Sequence: { id: 'B', type_id: 1 } },
          { SpecialToken: { id: '<eos>', type_id: 1 } },
        ],
        special_tokens: { '<eos>': { id: '<eos>', ids: [0], tokens: ['<eos>'] } },
      },
      decoder: null,
      model: {
        type: 'WordLevel',
        vocab: vocabularyOf(['<eos>', '<unk>', '<formula>', ...wordsOf(TEXTS)]),
        unk_token: '<unk>',
      },
    },
    'words and punctuation': {
      ...root,
      normalizer: { type: 'NFKD' },
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [
          { type: 'CharDelimiterSplit', delimiter: 'e' },
          { type: 'Punctuation', behavior: 'Contiguous' },
          { type: 'Digits', individual_digits: false },
          { type: 'Split', pattern: { String: ' ' }, behavior: 'MergedWithPrevious', invert: false },
          { type: 'Split', pattern: { Regex: '[a-c]+' }, behavior: 'MergedWithNext', invert: false },
          { type: 'Split', pattern: { Regex: '[^x-z]' }, behavior: 'Contiguous', invert: true },
        ],
      },
      post_processor: null,
      decoder: { type: 'Fuse' },
      model: { type: 'WordLevel', vocab: vocabularyOf(['<unk>', ...known, ...parts]), unk_token: '<unk>' },
    },
  };
}
