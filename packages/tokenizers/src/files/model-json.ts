import { show, TokenizerError } from '../errors.ts';
import type { Tokenizer } from '../tokenizer.ts';

type ModelType = 'BPE' | 'WordPiece';

/** What writers of other formats need of a tokenizer.json's model. */
export interface ModelJson {
  readonly type: ModelType;
  readonly vocab: Readonly<Record<string, number>>;
  readonly merges?: readonly (string | readonly [string, string])[];
}

/** The model of a tokenizer, as its tokenizer.json has it. @throws TokenizerError for another type */
export function modelOf(tokenizer: Tokenizer, type: ModelType): ModelJson {
  // The shape that every toJSON of this package writes.
  const { model } = tokenizer.toJSON() as { model: ModelJson };
  if (model.type === type) return model;
  throw new TokenizerError(
    `tokenizer: expected a ${type} model, got ${show(model.type)}. Save it as a tokenizer.json instead.`,
  );
}
