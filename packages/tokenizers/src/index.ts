export type { ByteLevelBPEOptions } from './byte-level/options.ts';
export {
  ByteLevelBPETokenizer,
  type VocabularyFiles,
  type VocabularyFilesOptions,
} from './byte-level/tokenizer.ts';
export type { CharTokenizerOptions } from './char/options.ts';
export { CharTokenizer } from './char/tokenizer.ts';
export type { ChatMessage, ChatTemplateOptions } from './chat/render.ts';
export type { Encoding, Offset } from './encoding.ts';
export { TokenizerError } from './errors.ts';
export { type TiktokenFiles, tokenizerFromTiktoken, tokenizerToTiktoken } from './files/tiktoken.ts';
export { readVocabularyLines, tokenizerToVocabularyLines } from './files/vocabulary-lines.ts';
export { type TokenizerFromJSONOptions, tokenizerFromJSON } from './from-json.ts';
export { PipelineTokenizer } from './pipeline/tokenizer.ts';
export { type BertTokenizerOptions, bertTokenizer } from './presets/bert.ts';
export { type BertWordsOptions, bertWords } from './presets/bert-words.ts';
export { type ELMoCharacters, elmoCharacterBatch, elmoCharacterIds } from './presets/elmo.ts';
export { type GPTTokenizerOptions, gptTokenizer } from './presets/gpt.ts';
export { standardizeText } from './presets/text-standardize.ts';
export { type UnigramTokenizerOptions, unigramTokenizer } from './presets/unigram.ts';
export type {
  AddedToken,
  DecodeOptions,
  DecodeTextOptions,
  EncodeOptions,
  NewToken,
  PaddingStrategy,
  StreamingDecoder,
  TextInput,
  TextPair,
  Tokenizer,
  TruncationStrategy,
} from './tokenizer.ts';
export { UNICODE_VERSION } from './unicode/runs.ts';
