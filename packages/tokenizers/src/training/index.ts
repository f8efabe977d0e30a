export { type TrainBPEOptions, trainBPE } from '../bpe/train.ts';
export { type TrainByteLevelBPEOptions, trainByteLevelBPE } from '../byte-level/train.ts';
export { type TrainCharTokenizerOptions, trainCharTokenizer } from '../char/train.ts';
export { type TrainUnigramOptions, trainUnigram } from '../unigram/train.ts';
export { type TrainWordLevelOptions, trainWordLevel } from '../word-level/train.ts';
export { type TrainWordPieceOptions, trainWordPiece } from '../word-piece/train.ts';
export type { Ties } from './merge-learner.ts';
export type { PipelineOptions, TrainingOptions, TrainingProgress } from './options.ts';
export type { Texts } from './texts.ts';
