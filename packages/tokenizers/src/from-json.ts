import { ByteLevelBPETokenizer } from './byte-level/tokenizer.ts';
import { CharTokenizer } from './char/tokenizer.ts';
import { JsonFields, parseJson } from './json/fields.ts';
import type { Tokenizer } from './tokenizer.ts';

/**
 * Reads a `tokenizer.json`, as text or already parsed, into the tokenizer that its model names.
 *
 * @throws TokenizerError for anything in the file that would change the ids and is not understood
 * @example
 * ```ts
 * import { tokenizerFromJSON, trainCharTokenizer } from '@tenon/tokenizers';
 *
 * const saved = JSON.stringify(await trainCharTokenizer('hello'));
 * console.log(tokenizerFromJSON(saved).countTokens('hole')); // 4
 * ```
 */
export function tokenizerFromJSON(json: string | object): Tokenizer {
  const parsed = parseJson(json, 'tokenizer.json');
  const model = new JsonFields(new JsonFields(parsed, 'tokenizer.json').get('model'), 'model');
  switch (model.oneOf('type', ['BPE', 'WordLevel'])) {
    case 'BPE':
      return ByteLevelBPETokenizer.fromJSON(parsed as object);
    case 'WordLevel':
      return CharTokenizer.fromJSON(parsed as object);
  }
}
