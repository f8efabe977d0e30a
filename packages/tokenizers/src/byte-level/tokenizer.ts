import { BaseTokenizer } from '../base-tokenizer.ts';
import { parseJson } from '../json/fields.ts';
import { vocabularyObject } from '../json/vocabulary.ts';
import { readMergesFile, readVocabularyFile, writeMergesFile } from './files.ts';
import { readByteLevelJson, writeByteLevelJson } from './json.ts';
import { ByteLevelModel } from './model.ts';
import type { ByteLevelBPEOptions } from './options.ts';

const END_OF_TEXT = '<|endoftext|>';
const DEFAULT_CACHE_SIZE = 1 << 16;

export interface VocabularyFiles {
  /** The text of `vocab.json` or `encoder.json`. */
  readonly vocabulary: string;
  /** The text of `merges.txt` or `vocab.bpe`. */
  readonly merges: string;
}

export interface VocabularyFilesOptions extends Pick<ByteLevelBPEOptions, 'addPrefixSpace' | 'cacheSize'> {
  /**
   * Tokens of the vocabulary that are special: the files do not say which are.
   * @default `<|endoftext|>` where the vocabulary has it
   */
  readonly specialTokens?: readonly string[];
}

/**
 * Byte-level BPE as in GPT-2: any text has ids, and the ids give the text back.
 *
 * Unicode letters and numbers are those of one frozen version (`UNICODE_VERSION`), whatever the JavaScript engine
 * knows. A lone surrogate is encoded as U+FFFD.
 *
 * @throws TokenizerError for merges or added tokens that do not fit the vocabulary
 * @example
 * ```ts
 * import { trainByteLevelBPE } from '@tenon/tokenizers';
 *
 * const tokenizer = await trainByteLevelBPE('low lower lowest', { vocabularySize: 260 });
 * console.log(tokenizer.decode(tokenizer.encodeIds('lower'))); // lower
 * ```
 * @see Radford et al. 2019, Language Models are Unsupervised Multitask Learners, section 2.2
 */
export class ByteLevelBPETokenizer extends BaseTokenizer {
  readonly #model: ByteLevelModel;
  readonly #merges: readonly (readonly [left: string, right: string])[];
  readonly #addPrefixSpace: boolean;
  readonly #trimOffsets: boolean;

  constructor(options: ByteLevelBPEOptions) {
    const { addPrefixSpace = false, trimOffsets = false, cacheSize = DEFAULT_CACHE_SIZE } = options;
    const { vocabulary, merges } = options;
    const model = new ByteLevelModel({ vocabulary, merges, addPrefixSpace, trimOffsets, cacheSize });
    super(model, options.addedTokens ?? []);
    this.#model = model;
    this.#merges = merges;
    this.#addPrefixSpace = addPrefixSpace;
    this.#trimOffsets = trimOffsets;
  }

  /**
   * Reads a Hugging Face `tokenizer.json`, as text or already parsed.
   * @throws TokenizerError for anything in the file that would change the ids and is not understood
   */
  static fromJSON(json: string | object): ByteLevelBPETokenizer {
    return new ByteLevelBPETokenizer(readByteLevelJson(parseJson(json, 'tokenizer.json')));
  }

  /** Reads the texts of GPT-2's two files, under their old or their new names. */
  static fromVocabularyFiles(
    files: VocabularyFiles,
    options: VocabularyFilesOptions = {},
  ): ByteLevelBPETokenizer {
    const { specialTokens, ...rest } = options;
    const vocabulary = readVocabularyFile(files.vocabulary);
    const contents = specialTokens ?? (vocabulary.has(END_OF_TEXT) ? [END_OF_TEXT] : []);
    let free = Math.max(...vocabulary.values()) + 1;
    const addedTokens = contents.map((content) => {
      return { content, id: vocabulary.get(content) ?? free++, special: true };
    });
    return new ByteLevelBPETokenizer({
      ...rest,
      vocabulary,
      merges: readMergesFile(files.merges),
      addedTokens,
    });
  }

  /** The texts of `vocab.json` and `merges.txt`; which tokens are special is not in them. */
  toVocabularyFiles(): VocabularyFiles {
    return {
      vocabulary: JSON.stringify(vocabularyObject(this.#tokens())),
      merges: writeMergesFile(this.#merges),
    };
  }

  override toJSON(): object {
    return writeByteLevelJson({
      tokens: this.#tokens(),
      merges: this.#merges,
      addedTokens: this.addedTokens,
      addPrefixSpace: this.#addPrefixSpace,
      trimOffsets: this.#trimOffsets,
    });
  }

  /** Tokens by id, the added ones among them. */
  #tokens(): readonly (string | undefined)[] {
    const tokens = [...this.#model.tokens];
    for (const { id, content } of this.addedTokens) tokens[id] = content;
    return tokens;
  }
}
