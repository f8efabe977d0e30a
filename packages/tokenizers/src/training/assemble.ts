import { tokenizerFromJSON } from '../from-json.ts';
import type { PipelineTokenizer } from '../pipeline/tokenizer.ts';
import type { PipelineOptions } from './options.ts';

/** The tokenizer of a trained model: special tokens have the first ids. */
export function assembleTrained(
  model: object,
  specialTokens: readonly string[],
  parts: Required<PipelineOptions>,
): PipelineTokenizer {
  return tokenizerFromJSON({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: parts.normalizer,
    pre_tokenizer: parts.preTokenizer,
    post_processor: parts.postProcessor,
    decoder: parts.decoder,
    model,
  });
}

/** `{ token: id }` by place in the list. */
export function numbered(tokens: readonly string[]): Record<string, number> {
  return Object.fromEntries(tokens.map((token, id) => [token, id]));
}
