import type { ChatConfig } from '../chat/config.ts';
import type { ModelDefinition } from '../models/definitions.ts';
import type { AddedToken } from '../tokenizer.ts';
import { readAddedTokens } from './added-tokens.ts';
import { JsonFields } from './fields.ts';
import { readModel } from './model.ts';

/** The sections of a tokenizer.json that are kept, and written back, as they are spelled there. */
export const SECTIONS = [
  'truncation',
  'padding',
  'normalizer',
  'pre_tokenizer',
  'post_processor',
  'decoder',
] as const;

type Sections = Readonly<Partial<Record<(typeof SECTIONS)[number], object | null>>>;

/** What a tokenizer.json says. */
export interface TokenizerDefinition {
  readonly model: ModelDefinition;
  readonly addedTokens: readonly AddedToken[];
  readonly sections: Sections;
  /** What its tokenizer_config.json says about chats. */
  readonly chat?: ChatConfig;
}

export function readDefinition(json: unknown): TokenizerDefinition {
  const root = new JsonFields(json, 'tokenizer.json');
  root.oneOf('version', ['1.0']);
  const sections = Object.fromEntries(SECTIONS.map((key) => [key, sectionOf(root, key)]));
  const model = readModel(root.get('model'));
  const addedTokens = readAddedTokens(
    root.get('added_tokens') === undefined ? [] : root.array('added_tokens'),
  );
  root.end();
  return { model, addedTokens, sections };
}

function sectionOf(root: JsonFields, key: string): object | null {
  const value = root.get(key) ?? null;
  return value === null ? null : new JsonFields(value, key).object;
}
