import { TokenizerError } from '../errors.ts';
import { readDefinition } from '../json/definition.ts';
import { JsonFields, mismatch, parseJson } from '../json/fields.ts';
import { readByteLevel } from '../json/pre-tokenizer.ts';
import type { BPETables } from '../models/bpe.ts';
import { tokensById } from '../models/word-model.ts';
import { PipelineTokenizer } from '../pipeline/tokenizer.ts';
import { readMergesFile, readVocabularyFile, writeMergesFile } from './files.ts';
import { readMergeIds } from './merge-ids.ts';
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
 * import { trainByteLevelBPE } from '@tenon/tokenizers/training';
 *
 * const tokenizer = await trainByteLevelBPE('low lower lowest', { vocabularySize: 260 });
 * console.log(tokenizer.decode(tokenizer.encodeIds('lower'))); // lower
 * ```
 * @see Radford et al. 2019, Language Models are Unsupervised Multitask Learners, section 2.2
 */
export class ByteLevelBPETokenizer extends PipelineTokenizer {
  readonly #options: ByteLevelBPEOptions;

  /** @param tables what `options` says by id, where it has been read already: its merges are then not asked for */
  constructor(options: ByteLevelBPEOptions, tables?: BPETables) {
    const { vocabulary, addedTokens = [], addPrefixSpace = false, trimOffsets = false } = options;
    const byteLevel = {
      type: 'ByteLevel',
      add_prefix_space: addPrefixSpace,
      trim_offsets: trimOffsets,
      use_regex: true,
    };
    super(
      {
        model: {
          type: 'BPE',
          mergesAsText: true,
          options: {
            vocabulary,
            tables,
            get merges() {
              return options.merges;
            },
            ...NO_EXTRAS,
          },
        },
        addedTokens,
        sections: { pre_tokenizer: byteLevel, post_processor: byteLevel, decoder: byteLevel },
      },
      options.cacheSize,
    );
    this.#options = options;
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
    const tokens = tokensById(vocabulary);
    let free = tokens.length;
    const addedTokens = contents.map((content) => {
      return { content, id: vocabulary.get(content) ?? free++, special: true };
    });
    const pairs = readMergeIds(files.merges, tokens);
    const read = { ...rest, vocabulary, addedTokens };
    return pairs === undefined
      ? new ByteLevelBPETokenizer({ ...read, merges: readMergesFile(files.merges) })
      : byteLevelFromTables(read, { tokens, pairs });
  }

  /** The texts of `vocab.json` and `merges.txt`; which tokens are special is not in them. */
  toVocabularyFiles(): VocabularyFiles {
    // Line by line: an object of all of them, only to be written, would take as much memory as learning them.
    const entries: string[] = [];
    for (let id = 0; id < this.vocabularySize; id++) {
      const token = this.idToToken(id);
      if (token !== undefined) entries.push(`${JSON.stringify(token)}:${id}`);
    }
    return {
      vocabulary: `{${entries.join(',')}}`,
      merges: writeMergesFile(this.#options.merges),
    };
  }
}

/** A tokenizer whose merges are there as ids; their strings are made when somebody asks for them. */
export function byteLevelFromTables(
  options: Omit<ByteLevelBPEOptions, 'merges'>,
  tables: BPETables,
): ByteLevelBPETokenizer {
  const lazy = {
    ...options,
    get merges() {
      return tables.pairs.toMerges(tables.tokens);
    },
  };
  return new ByteLevelBPETokenizer(lazy, tables);
}

function readSection(value: unknown, path: string): ReturnType<typeof readByteLevel> {
  const fields = new JsonFields(value, path);
  if (fields.get('type') !== 'ByteLevel')
    throw mismatch(fields.at('type'), '"ByteLevel"', fields.get('type'));
  return readByteLevel(fields);
}
