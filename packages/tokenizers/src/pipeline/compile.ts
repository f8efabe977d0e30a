import { ByteLevelModel } from '../byte-level/model.ts';
import { byteLevelCut } from '../byte-level/recognise.ts';
import { CharModel } from '../char/model.ts';
import { cutsCharacters } from '../char/recognise.ts';
import { joinWithBlanks } from '../decoders/decoders.ts';
import { readDecoder } from '../json/decoder.ts';
import type { TokenizerDefinition } from '../json/definition.ts';
import { readPreTokenizer } from '../json/pre-tokenizer.ts';
import { makeModel } from '../models/definitions.ts';
import type { SegmentModel } from '../segment-model.ts';
import { PipelineModel } from './model.ts';

const CACHE_SIZE = 1 << 16;

/** Model, pre-tokeniser and decoder in the fastest form that they allow; which one it is changes no id. */
export function compileModel(
  { model, sections }: TokenizerDefinition,
  cacheSize: number = CACHE_SIZE,
): SegmentModel {
  const { pre_tokenizer, decoder } = sections;
  // Reads both, whatever becomes of them: an unknown part is an error.
  const preTokenizer = pre_tokenizer ? readPreTokenizer(pre_tokenizer, 'pre_tokenizer') : undefined;
  const decoding = decoder ? readDecoder(decoder, 'decoder') : joinWithBlanks;
  if (model.type === 'BPE') {
    const cut = byteLevelCut(model.options, pre_tokenizer, decoder);
    if (cut !== undefined) return new ByteLevelModel({ ...model.options, ...cut, cacheSize });
  }
  if (model.type === 'WordLevel' && cutsCharacters(pre_tokenizer, decoder)) {
    return new CharModel(model.options.vocabulary, model.options.unknownToken);
  }
  return new PipelineModel({ model: makeModel(model), preTokenizer, decoder: decoding, cacheSize });
}
