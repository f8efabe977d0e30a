import { mergeTable } from '../bpe/merge-table.ts';
import { ByteLevelModel } from '../byte-level/model.ts';
import { type ByteLevelCut, byteLevelCut } from '../byte-level/recognise.ts';
import { CharModel } from '../char/model.ts';
import { cutsCharacters } from '../char/recognise.ts';
import { joinWithBlanks } from '../decoders/decoders.ts';
import type { IdBuffer } from '../id-buffer.ts';
import { readDecoder } from '../json/decoder.ts';
import type { TokenizerDefinition } from '../json/definition.ts';
import { JsonFields } from '../json/fields.ts';
import { readBertNormalizer, readNormalizer } from '../json/normalizer.ts';
import { readPreTokenizer } from '../json/pre-tokenizer.ts';
import { BertEncoder } from '../models/bert-encoder.ts';
import type { BPEOptions, BPETables } from '../models/bpe.ts';
import { makeModel } from '../models/definitions.ts';
import { tokensById } from '../models/word-model.ts';
import { recogniseCleaning } from '../normalizers/bert-steps.ts';
import type { SegmentModel } from '../segment-model.ts';
import { wellFormed } from '../unicode/walk.ts';
import { AlignedText } from './aligned-text.ts';
import { PipelineModel } from './model.ts';

const CACHE_SIZE = 1 << 16;

/** A model, and how to give it text that is not normalised yet where that is faster. */
export interface CompiledModel {
  readonly model: SegmentModel;
  readonly encodeRaw?: (text: string, ids: IdBuffer) => void;
}

/** Model, pre-tokeniser and decoder in the fastest form that they allow; which one it is changes no id. */
export function compileModel(
  { model, sections }: TokenizerDefinition,
  cacheSize: number = CACHE_SIZE,
): CompiledModel {
  const { normalizer, pre_tokenizer, decoder } = sections;
  // Reads both, whatever becomes of them: an unknown part is an error.
  const preTokenizer = pre_tokenizer ? readPreTokenizer(pre_tokenizer, 'pre_tokenizer') : undefined;
  const decoding = decoder ? readDecoder(decoder, 'decoder') : joinWithBlanks;
  if (model.type === 'BPE') {
    const cut = byteLevelCut(model.options, pre_tokenizer, decoder);
    if (cut !== undefined) return { model: byteLevelModel(model.options, cut, cacheSize) };
  }
  if (model.type === 'WordLevel' && cutsCharacters(pre_tokenizer, decoder)) {
    return { model: new CharModel(model.options.vocabulary, model.options.unknownToken) };
  }
  const words = makeModel(model);
  const pipeline = new PipelineModel({ model: words, preTokenizer, decoder: decoding, cacheSize });
  const cleaning = model.type === 'WordPiece' ? recogniseCleaning(normalizer) : undefined;
  if (cleaning === undefined || !normalizer || typeOf(pre_tokenizer) !== 'BertPreTokenizer') {
    return { model: pipeline };
  }
  const { bert, finalSigma, keepPrivateUse } = cleaning;
  const options = readBertNormalizer(new JsonFields(bert, 'normalizer'));
  const normalize = readNormalizer(normalizer, 'normalizer');
  const encoder = new BertEncoder({
    normalizer: { ...options, cleanText: options.cleanText || keepPrivateUse, finalSigma, keepPrivateUse },
    model: words,
    cacheSize,
    general: (text, ids) => {
      const clean = normalize(new AlignedText(wellFormed(text), false, 0));
      if (clean.text !== '') pipeline.encode(clean, ids);
    },
  });
  return { model: pipeline, encodeRaw: (text, ids) => encoder.encode(text, ids) };
}

function byteLevelModel(options: BPEOptions, cut: ByteLevelCut, cacheSize: number): ByteLevelModel {
  const { vocabulary, ignoreMerges } = options;
  const tables = options.tables ?? tablesOf(options);
  return new ByteLevelModel({ vocabulary, ...tables, ignoreMerges, ...cut, cacheSize });
}

function tablesOf({ vocabulary, merges }: BPEOptions): BPETables {
  const tokens = tokensById(vocabulary);
  return { tokens, pairs: mergeTable(vocabulary, merges, 0, tokens) };
}

function typeOf(section: unknown): unknown {
  return Reflect.get(Object(section), 'type');
}
