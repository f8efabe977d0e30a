import { bertCleaning } from '../normalizers/bert-steps.ts';
import { PipelineTokenizer } from '../pipeline/tokenizer.ts';
import type { AddedToken } from '../tokenizer.ts';

export interface BertTokenizerOptions {
  /** Token → id, `##` before a piece that does not begin a word. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** @default true */
  readonly lowercase?: boolean;
  /** @default as `lowercase` */
  readonly stripAccents?: boolean;
  /**
   * Set each CJK ideograph apart.
   * @default true
   */
  readonly handleChineseChars?: boolean;
  /**
   * Drop controls and turn white space into blanks.
   * @default true
   */
  readonly cleanText?: boolean;
  /**
   * Longer words, in characters, are unknown.
   * @default 100, and 200 with `original`
   */
  readonly maxInputCharsPerWord?: number;
  /**
   * Do as Google's original where Hugging Face's libraries do otherwise: a capital sigma at the end of a word becomes `ς`,
   * characters for private use are kept, words may have 200 characters.
   * @default false
   */
  readonly original?: boolean;
  /** @default '[UNK]' */
  readonly unknownToken?: string;
  /**
   * Special tokens besides the unknown one, as far as the vocabulary has them.
   * @default [PAD], [CLS], [SEP] and [MASK]
   */
  readonly specialTokens?: readonly string[];
}

/**
 * A tokenizer as in BERT: text cleaned, cut at white space and punctuation, and each word written with the longest pieces.
 * `[CLS]` and `[SEP]` go around the text where the vocabulary has them.
 *
 * @example
 * ```ts
 * import { bertTokenizer } from '@tenon/tokenizers';
 *
 * const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'un', '##aff', '##able', ','];
 * const tokenizer = bertTokenizer({ vocabulary: new Map(words.map((word, id) => [word, id])) });
 * console.log(tokenizer.encode('Unaffable,').tokens); // [ '[CLS]', 'un', '##aff', '##able', ',', '[SEP]' ]
 * ```
 * @see Devlin et al. 2018, BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding
 */
export function bertTokenizer(options: BertTokenizerOptions): PipelineTokenizer {
  const { vocabulary, unknownToken = '[UNK]', original = false } = options;
  const { maxInputCharsPerWord = original ? 200 : 100 } = options;
  const specialTokens = options.specialTokens ?? ['[PAD]', '[CLS]', '[SEP]', '[MASK]'];
  return new PipelineTokenizer({
    model: {
      type: 'WordPiece',
      options: { vocabulary, unknownToken, continuingSubwordPrefix: '##', maxInputCharsPerWord },
    },
    addedTokens: specialsOf(vocabulary, [...specialTokens, unknownToken]),
    sections: {
      normalizer: bertCleaning({ ...options, finalSigma: original, keepPrivateUse: original }),
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: templateOf(vocabulary),
      decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    },
  });
}

/** The special tokens that a vocabulary has, each once. */
export function specialsOf(
  vocabulary: ReadonlyMap<string, number>,
  contents: readonly string[],
): AddedToken[] {
  return [...new Set(contents)].flatMap((content) => {
    const id = vocabulary.get(content);
    return id === undefined ? [] : [{ id, content, special: true }];
  });
}

/** `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`. */
function templateOf(vocabulary: ReadonlyMap<string, number>): object | null {
  const [cls, sep] = [vocabulary.get('[CLS]'), vocabulary.get('[SEP]')];
  if (cls === undefined || sep === undefined) return null;
  const special = (id: string, type: number): object => ({ SpecialToken: { id, type_id: type } });
  const sequence = (id: string, type: number): object => ({ Sequence: { id, type_id: type } });
  const single = [special('[CLS]', 0), sequence('A', 0), special('[SEP]', 0)];
  return {
    type: 'TemplateProcessing',
    single,
    pair: [...single, sequence('B', 1), special('[SEP]', 1)],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [cls], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [sep], tokens: ['[SEP]'] },
    },
  };
}
