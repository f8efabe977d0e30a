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
