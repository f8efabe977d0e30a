export { type TrainBPEOptions, trainBPE } from './bpe/train.ts';
export type { ByteLevelBPEOptions } from './byte-level/options.ts';
export {
  ByteLevelBPETokenizer,
  type VocabularyFiles,
  type VocabularyFilesOptions,
} from './byte-level/tokenizer.ts';
export {
  type TrainByteLevelBPEOptions,
  trainByteLevelBPE,
} from './byte-level/train.ts';
export type { CharTokenizerOptions } from './char/options.ts';
export { CharTokenizer } from './char/tokenizer.ts';
export { type TrainCharTokenizerOptions, trainCharTokenizer } from './char/train.ts';
export type { ChatMessage, ChatTemplateOptions } from './chat/render.ts';
export type { Encoding, Offset } from './encoding.ts';
export { TokenizerError } from './errors.ts';
export { type TiktokenFiles, tokenizerFromTiktoken, tokenizerToTiktoken } from './files/tiktoken.ts';
export { readVocabularyLines, tokenizerToVocabularyLines } from './files/vocabulary-lines.ts';
export { type TokenizerFromJSONOptions, tokenizerFromJSON } from './from-json.ts';
export { PipelineTokenizer } from './pipeline/tokenizer.ts';
export { type BertTokenizerOptions, bertTokenizer } from './presets/bert.ts';
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
export type { Ties } from './training/merge-learner.ts';
export type { PipelineOptions, TrainingOptions, TrainingProgress } from './training/options.ts';
export type { Texts } from './training/texts.ts';
export { UNICODE_VERSION } from './unicode/runs.ts';
export { type TrainUnigramOptions, trainUnigram } from './unigram/train.ts';
export { type TrainWordLevelOptions, trainWordLevel } from './word-level/train.ts';
export { type TrainWordPieceOptions, trainWordPiece } from './word-piece/train.ts';
