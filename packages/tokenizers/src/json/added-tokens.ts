import type { AddedToken } from '../tokenizer.ts';
import { JsonFields } from './fields.ts';
import { checkId } from './vocabulary.ts';

/** Reads `added_tokens`. */
export function readAddedTokens(values: readonly unknown[]): AddedToken[] {
  return values.map((value, i) => {
    const fields = new JsonFields(value, `added_tokens[${i}]`);
    const id = fields.get('id');
    checkId(id, fields.at('id'));
    const content = fields.string('content');
    const special = fields.boolean('special', false);
    const flags = {
      singleWord: fields.boolean('single_word', false),
      lstrip: fields.boolean('lstrip', false),
      rstrip: fields.boolean('rstrip', false),
      normalized: fields.boolean('normalized', !special),
    };
    fields.end();
    // A flag that is off is left out, as in a token that was never in a file.
    const on = Object.entries(flags).filter(([, flag]) => flag);
    return { id, content, special, ...Object.fromEntries(on) };
  });
}

export function writeAddedTokens(tokens: readonly AddedToken[]): object[] {
  return tokens.map(({ id, content, special, ...flags }) => ({
    id,
    content,
    single_word: flags.singleWord ?? false,
    lstrip: flags.lstrip ?? false,
    rstrip: flags.rstrip ?? false,
    normalized: flags.normalized ?? false,
    special,
  }));
}
