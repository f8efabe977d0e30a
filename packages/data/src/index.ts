export {
  type BatchesOptions,
  type BatchOrderOptions,
  batches,
  type ProcessedBatchesOptions,
  processedBatches,
} from './batches.ts';
export { errorOfExample } from './example-error.ts';
export {
  concatExamples,
  eachExample,
  filterExamples,
  mapExamples,
  readAll,
  streamExamples,
  takeExamples,
} from './example-stream.ts';
export {
  type ChoiceExample,
  type DataProcessor,
  type DocumentExample,
  describeOrigin,
  type ExampleCursor,
  type ExampleStream,
  type Examples,
  type Origin,
  type SquadExample,
  type TaggedExample,
  type TextExample,
} from './examples.ts';
export { type GPTBatch, type GPTBatchOptions, gptBatch } from './gpt-batch.ts';
export {
  type GPTRow,
  type GPTRowOptions,
  type GPTSpecialTokens,
  gptChoiceRows,
  gptPairRow,
  gptSimilarityRows,
  gptTextRow,
} from './gpt-rows.ts';
export { intentNames, labelIds, labelNames, tagNames } from './labels.ts';
export {
  type BidirectionalBatch,
  type BidirectionalOptions,
  bidirectionalBatches,
  type WordVocabularyOptions,
  wordVocabulary,
} from './pretraining/bidirectional-batches.ts';
export {
  type NextSentenceExample,
  type NextSentenceOptions,
  nextSentenceExamples,
} from './pretraining/next-sentence.ts';
export { type PackedTokens, type PackTokensOptions, packTokens } from './pretraining/pack-tokens.ts';
export {
  type BertPretrainingBatch,
  type BertPretrainingOptions,
  bertPretrainingBatches,
  type MaskedTokenBatch,
  type MaskedTokenOptions,
  maskedTokenBatches,
} from './pretraining/pretraining-batches.ts';
export { type SegmentBatch, segmentBatches } from './pretraining/segment-batches.ts';
export type { SegmentOptions } from './pretraining/segment-source.ts';
export {
  type MaskedTokens,
  type TokenMasker,
  type TokenMaskerOptions,
  tokenMasker,
} from './pretraining/token-masker.ts';
export {
  type BertTextBatch,
  type BertTextFeature,
  type BertTextOptions,
  type BertTextProcessor,
  bertTextProcessor,
} from './processors/bert-text.ts';
export {
  type ChoiceBatch,
  type ChoiceFeature,
  type ChoiceOptions,
  type ChoiceProcessor,
  choiceProcessor,
} from './processors/choices.ts';
export type { ELMoRow, ELMoRowBatch, ELMoRowOptions } from './processors/elmo-row-encoder.ts';
export {
  type ELMoTagBatch,
  type ELMoTagFeature,
  type ELMoTagOptions,
  type ELMoTagProcessor,
  elmoTagProcessor,
} from './processors/elmo-tags.ts';
export {
  type ELMoTextBatch,
  type ELMoTextFeature,
  type ELMoTextOptions,
  type ELMoTextProcessor,
  elmoTextProcessor,
} from './processors/elmo-text.ts';
export {
  type GPTChoiceBatch,
  type GPTChoiceFeature,
  type GPTChoiceOptions,
  type GPTChoiceProcessor,
  gptChoiceProcessor,
} from './processors/gpt-choices.ts';
export type { GPTProcessorOptions } from './processors/gpt-row-encoder.ts';
export { gptSpecialTokens } from './processors/gpt-special-tokens.ts';
export {
  type GPTTextBatch,
  type GPTTextFeature,
  type GPTTextOptions,
  type GPTTextProcessor,
  gptSimilarityProcessor,
  gptTextProcessor,
} from './processors/gpt-text.ts';
export type { Labelled } from './processors/labelled.ts';
export type { PaddingOptions } from './processors/padded-rows.ts';
export type { RowBatch, RowOptions, TokenRow } from './processors/row-encoder.ts';
export { type LabelValue, type TextLabelOptions, TextLabels } from './processors/text-labels.ts';
export {
  type TokenTagBatch,
  type TokenTagFeature,
  type TokenTagOptions,
  type TokenTagProcessor,
  tokenTagProcessor,
  wordTags,
} from './processors/token-tags.ts';
export { TruncationCount } from './processors/truncation-count.ts';
export { type OnInvalid, SkippedExamples } from './skipped-examples.ts';
export { type SplitExamples, type SplitExamplesOptions, splitExamples } from './split-examples.ts';
export { type SplitTokens, splitTokens } from './split-tokens.ts';
export { finalText, type OriginalSpanTextOptions, originalSpanText } from './squad/original-span-text.ts';
export {
  type SpanScores,
  type SpanText,
  type SquadAnswer,
  type SquadPrediction,
  type SquadPredictionOptions,
  squadPredictions,
} from './squad/squad-predictions.ts';
export {
  type SquadBatch,
  type SquadFeature,
  type SquadProcessor,
  type SquadProcessorOptions,
  squadProcessor,
} from './squad/squad-processor.ts';
export { type TokenWindowOptions, type TokenWindows, tokenWindows } from './token-windows.ts';
