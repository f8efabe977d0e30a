export type { AuxiliaryLMBatch, AuxiliaryLMOptions } from './auxiliary-lm.ts';
export {
  BidirectionalLM,
  type BidirectionalLMBatch,
  type BidirectionalLMLogits,
  type BidirectionalLMOptions,
} from './bidirectional-lm.ts';
export { CausalLM, type CausalLMBatch, type ScoredTokens } from './causal-lm.ts';
export {
  DoubleHeads,
  type DoubleHeadsBatch,
  type DoubleHeadsLogits,
  type DoubleHeadsOptions,
} from './double-heads.ts';
export type { DropoutHeadOptions, HeadOptions, LabelledHeadOptions } from './head-options.ts';
export { MaskedLM } from './masked-lm.ts';
export type { MaskedLMBatch, MaskedWords } from './masked-lm-batch.ts';
export { MaskedPredictions } from './masked-predictions.ts';
export {
  type ChoiceInput,
  MultipleChoice,
  type MultipleChoiceBatch,
  type MultipleChoiceOptions,
} from './multiple-choice.ts';
export { NextSentence, type NextSentenceBatch, type NextSentenceOptions } from './next-sentence.ts';
export type { ExtractInput } from './pool.ts';
export { Pretraining, type PretrainingBatch, type PretrainingLogits } from './pretraining.ts';
export {
  type PredictSpansOptions,
  QuestionAnswering,
  type QuestionAnsweringBatch,
  type SpanLogits,
  type Spans,
} from './question-answering.ts';
export { Seq2SeqLM, type Seq2SeqLMBatch } from './seq2seq-lm.ts';
export {
  SequenceClassification,
  type SequenceClassificationBatch,
  type SequenceClassificationOptions,
} from './sequence-classification.ts';
export { Similarity, type SimilarityBatch, type SimilarityOptions } from './similarity.ts';
export { TokenClassification, type TokenClassificationBatch } from './token-classification.ts';
export { Value, type ValueBatch } from './value.ts';
