import { TokenizerError } from '../errors.ts';
import { readDefinition } from '../json/definition.ts';
import { JsonFields, mismatch, parseJson } from '../json/fields.ts';
import { readByteLevel } from '../json/pre-tokenizer.ts';
import { vocabularyObject } from '../json/vocabulary.ts';
import type { Merge } from '../models/bpe.ts';
import { PipelineTokenizer } from '../pipeline/tokenizer.ts';
import { readMergesFile, readVocabularyFile, writeMergesFile } from './files.ts';
import type { ByteLevelBPEOptions } from './options.ts';
import { byteLevelCut } from './recognise.ts';

const END_OF_TEXT = '<|endoftext|>';
const NO_EXTRAS = { fuseUnknown: false, byteFallback: false, ignoreMerges: false };

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
export class ByteLevelBPETokenizer extends PipelineTokenizer {
  readonly #merges: readonly Merge[];

  constructor(options: ByteLevelBPEOptions) {
    const { vocabulary, merges, addedTokens = [], addPrefixSpace = false, trimOffsets = false } = options;
    const byteLevel = {
      type: 'ByteLevel',
      add_prefix_space: addPrefixSpace,
      trim_offsets: trimOffsets,
      use_regex: true,
    };
    super(
      {
        model: { type: 'BPE', mergesAsText: true, options: { vocabulary, merges, ...NO_EXTRAS } },
        addedTokens,
        sections: { pre_tokenizer: byteLevel, post_processor: byteLevel, decoder: byteLevel },
      },
      options.cacheSize,
    );
    this.#merges = merges;
  }

  /**
   * Reads a Hugging Face `tokenizer.json`, as text or already parsed.
   * @throws TokenizerError for anything in the file that would change the ids and is not understood
   */
  static fromJSON(json: string | object): ByteLevelBPETokenizer {
    const { model, addedTokens, sections } = readDefinition(parseJson(json, 'tokenizer.json'));
    const { pre_tokenizer, decoder, post_processor, ...others } = sections;
    const other = Object.entries(others).find(([, section]) => section !== null);
    if (other !== undefined) throw mismatch(other[0], 'null, since this is plain byte-level BPE', other[1]);
    const preTokenizer = readSection(pre_tokenizer, 'pre_tokenizer');
    const trimOffsets = post_processor ? readSection(post_processor, 'post_processor').trimOffsets : false;
    if (model.type !== 'BPE' || !byteLevelCut(model.options, pre_tokenizer, decoder)) {
      throw new TokenizerError(
        'tokenizer.json: expected a BPE model over the whole byte alphabet, ByteLevel before and after it, got ' +
          'something else. Read it with tokenizerFromJSON.',
      );
    }
    const { vocabulary, merges } = model.options;
    return new ByteLevelBPETokenizer({
      vocabulary,
      merges,
      addedTokens,
      addPrefixSpace: preTokenizer.addPrefixSpace,
      trimOffsets,
    });
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
    const tokens = Array.from({ length: this.vocabularySize }, (_, id) => this.idToToken(id));
    return {
      vocabulary: JSON.stringify(vocabularyObject(tokens)),
      merges: writeMergesFile(this.#merges),
    };
  }
}

function readSection(value: unknown, path: string): ReturnType<typeof readByteLevel> {
  const fields = new JsonFields(value, path);
  if (fields.get('type') !== 'ByteLevel')
    throw mismatch(fields.at('type'), '"ByteLevel"', fields.get('type'));
  return readByteLevel(fields);
}
