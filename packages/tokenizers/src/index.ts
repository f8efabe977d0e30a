export type { ByteLevelBPEOptions } from './byte-level/options.ts';
export {
  ByteLevelBPETokenizer,
  type VocabularyFiles,
  type VocabularyFilesOptions,
} from './byte-level/tokenizer.ts';
export {
  type TrainByteLevelBPEOptions,
  type TrainingProgress,
  trainByteLevelBPE,
} from './byte-level/train.ts';
export type { CharTokenizerOptions } from './char/options.ts';
export { CharTokenizer } from './char/tokenizer.ts';
export { type TrainCharTokenizerOptions, trainCharTokenizer } from './char/train.ts';
export type { Encoding, Offset } from './encoding.ts';
export { TokenizerError } from './errors.ts';
export { tokenizerFromJSON } from './from-json.ts';
export type {
  AddedToken,
  DecodeOptions,
  EncodeOptions,
  StreamingDecoder,
  Tokenizer,
} from './tokenizer.ts';
export type { Ties } from './training/merge-learner.ts';
export type { Texts } from './training/texts.ts';
export { UNICODE_VERSION } from './unicode/ranges.ts';
