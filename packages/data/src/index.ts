export {
  type BatchesOptions,
  type BatchOrderOptions,
  batches,
  type ExampleBatches,
  type ProcessedBatchesOptions,
  processedBatches,
} from './batches.ts';
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
export { type SplitTokens, splitTokens } from './split-tokens.ts';
export { type TokenWindowOptions, type TokenWindows, tokenWindows } from './token-windows.ts';
