import { vocabularyObject } from '../json/vocabulary.ts';
import { BPEModel, type BPEOptions } from './bpe.ts';
import { UnigramModel, type UnigramOptions } from './unigram.ts';
import { WordLevelModel, type WordLevelOptions } from './word-level.ts';
import type { WordModel } from './word-model.ts';
import { WordPieceModel, type WordPieceOptions } from './word-piece.ts';

/** A model by its type and options, as yet without its tables. */
export type ModelDefinition =
  | {
      readonly type: 'BPE';
      readonly options: BPEOptions;
      /** Spell merges `"a b"`, which every version reads, and not `["a", "b"]`. */
      readonly mergesAsText: boolean;
    }
  | { readonly type: 'WordPiece'; readonly options: WordPieceOptions }
  | { readonly type: 'WordLevel'; readonly options: WordLevelOptions }
  | { readonly type: 'Unigram'; readonly options: UnigramOptions };

export function makeModel(definition: ModelDefinition): WordModel {
  switch (definition.type) {
    case 'BPE':
      return new BPEModel(definition.options);
    case 'WordPiece':
      return new WordPieceModel(definition.options);
    case 'WordLevel':
      return new WordLevelModel(definition.options);
    case 'Unigram':
      return new UnigramModel(definition.options);
  }
}

/**
 * The `model` section of a tokenizer.json.
 *
 * @param tokens the vocabulary by id
 */
export function writeModel(definition: ModelDefinition, tokens: readonly (string | undefined)[]): object {
  switch (definition.type) {
    case 'BPE': {
      const { merges, ...options } = definition.options;
      return {
        type: 'BPE',
        dropout: null,
        unk_token: options.unknownToken ?? null,
        continuing_subword_prefix: options.continuingSubwordPrefix ?? null,
        end_of_word_suffix: options.endOfWordSuffix ?? null,
        fuse_unk: options.fuseUnknown,
        byte_fallback: options.byteFallback,
        ignore_merges: options.ignoreMerges,
        vocab: vocabularyObject(tokens),
        merges: definition.mergesAsText ? merges.map((merge) => merge.join(' ')) : merges,
      };
    }
    case 'WordPiece': {
      const { unknownToken, continuingSubwordPrefix, maxInputCharsPerWord } = definition.options;
      return {
        type: 'WordPiece',
        unk_token: unknownToken,
        continuing_subword_prefix: continuingSubwordPrefix,
        max_input_chars_per_word: maxInputCharsPerWord,
        vocab: vocabularyObject(tokens),
      };
    }
    case 'WordLevel':
      return {
        type: 'WordLevel',
        vocab: vocabularyObject(tokens),
        unk_token: definition.options.unknownToken,
      };
    case 'Unigram': {
      const { unknownId, pieces, byteFallback } = definition.options;
      return { type: 'Unigram', unk_id: unknownId ?? null, vocab: pieces, byte_fallback: byteFallback };
    }
  }
}
