import { readChatConfig } from './chat/config.ts';
import { readDefinition } from './json/definition.ts';
import { parseJson } from './json/fields.ts';
import { PipelineTokenizer } from './pipeline/tokenizer.ts';

export interface TokenizerFromJSONOptions {
  /**
   * The content of `tokenizer_config.json`, as text or already parsed: the chat template and the tokens that it names.
   * @default none
   */
  readonly config?: string | object;
}

/**
 * Reads a Hugging Face `tokenizer.json`, as text or already parsed: BPE, WordPiece, Unigram and WordLevel models with the
 * normalisers, pre-tokenisers, templates and decoders of the BERT, RoBERTa, GPT, GPT-2, Llama and T5 families.
 *
 * @throws TokenizerError for anything in the file that would change the ids and is not understood
 * @example
 * ```ts
 * import { tokenizerFromJSON } from '@tenon/tokenizers';
 * import { trainCharTokenizer } from '@tenon/tokenizers/training';
 *
 * const saved = JSON.stringify(await trainCharTokenizer('hello'));
 * console.log(tokenizerFromJSON(saved).countTokens('hole')); // 4
 * ```
 */
export function tokenizerFromJSON(
  json: string | object,
  { config }: TokenizerFromJSONOptions = {},
): PipelineTokenizer {
  const definition = readDefinition(parseJson(json, 'tokenizer.json'));
  return new PipelineTokenizer(
    config === undefined ? definition : { ...definition, chat: readChatConfig(config) },
  );
}
