import type { AddedToken } from '../tokenizer.ts';
import { JsonFields } from './fields.ts';
import { checkId } from './vocabulary.ts';

/** Reads `added_tokens`; the flags that make a token take in its surroundings are not understood. */
export function readAddedTokens(values: readonly unknown[]): AddedToken[] {
  return values.map((value, i) => {
    const fields = new JsonFields(value, `added_tokens[${i}]`);
    const id = fields.get('id');
    checkId(id, fields.at('id'));
    const content = fields.string('content');
    fields.oneOf('single_word', [false]);
    fields.oneOf('lstrip', [false]);
    fields.oneOf('rstrip', [false]);
    fields.boolean('normalized', true); // no normaliser, no difference
    const special = fields.boolean('special', false);
    fields.end();
    return { id, content, special };
  });
}

export function writeAddedTokens(tokens: readonly AddedToken[]): object[] {
  return tokens.map(({ id, content, special }) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special,
  }));
}
