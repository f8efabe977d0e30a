import { PLAIN, type PostProcessing, type TemplatePiece } from '../post-processors/template.ts';
import { JsonFields, mismatch, unknownType } from './fields.ts';
import { readByteLevel } from './pre-tokenizer.ts';
import { checkId } from './vocabulary.ts';

const KNOWN = ['BertProcessing', 'ByteLevel', 'RobertaProcessing', 'Sequence', 'TemplateProcessing'];

/** Reads a `post_processor`. */
export function readPostProcessor(value: unknown, path: string): PostProcessing {
  const fields = new JsonFields(value, path);
  const processing = read(fields, path);
  fields.end();
  return processing;
}

function read(fields: JsonFields, path: string): PostProcessing {
  const type = fields.get('type');
  switch (type) {
    case 'TemplateProcessing':
      return readTemplates(fields);
    case 'BertProcessing': {
      const cls = special(readToken(fields, 'cls'), 0);
      const sep = readToken(fields, 'sep');
      const single = [cls, sequence(0, 0), special(sep, 0)];
      return { single, pair: [...single, sequence(1, 1), special(sep, 1)] };
    }
    case 'RobertaProcessing': {
      const cls = special(readToken(fields, 'cls'), 0);
      const sep = special(readToken(fields, 'sep'), 0);
      const addPrefixSpace = fields.boolean('add_prefix_space', true);
      const trim = fields.boolean('trim_offsets', true);
      const single = [cls, sequence(0, 0), sep];
      const pair = [...single, sep, sequence(1, 0), sep];
      return { single, pair, trimOffsets: trim ? { addPrefixSpace } : undefined };
    }
    case 'ByteLevel': {
      const { addPrefixSpace, trimOffsets } = readByteLevel(fields);
      return { ...PLAIN, trimOffsets: trimOffsets ? { addPrefixSpace } : undefined };
    }
    case 'Sequence':
      return readSequence(fields, path);
    default:
      throw unknownType(fields.at('type'), KNOWN, type);
  }
}

/** Several processors: at most one puts tokens around the text, others trim offsets. */
function readSequence(fields: JsonFields, path: string): PostProcessing {
  const steps = fields
    .array('processors')
    .map((step, i) => readPostProcessor(step, `${path}.processors[${i}]`));
  const templates = steps.filter(({ single }) => single !== PLAIN.single);
  if (templates.length > 1) throw mismatch(fields.at('processors'), 'one template at most', templates);
  const trimOffsets = steps.find((step) => step.trimOffsets !== undefined)?.trimOffsets;
  return { ...(templates[0] ?? PLAIN), trimOffsets };
}

function readTemplates(fields: JsonFields): PostProcessing {
  const ids = new Map<string, readonly number[]>();
  const specials = new JsonFields(fields.get('special_tokens') ?? {}, fields.at('special_tokens'));
  for (const name of specials.keys()) {
    const token = new JsonFields(specials.get(name), specials.at(name));
    token.string('id', name);
    token.array('tokens');
    ids.set(name, readIds(token.array('ids'), token.at('ids')));
    token.end();
  }
  const pieces = (key: string): TemplatePiece[] =>
    fields.array(key).map((piece, i) => readPiece(piece, `${fields.at(key)}[${i}]`, ids));
  return { single: pieces('single'), pair: pieces('pair') };
}

function readPiece(value: unknown, path: string, ids: ReadonlyMap<string, readonly number[]>): TemplatePiece {
  const piece = new JsonFields(value, path);
  const kind = piece.keys()[0] ?? 'Sequence';
  const body = new JsonFields(piece.get(kind), `${path}.${kind}`);
  const name = body.string('id');
  const typeId = body.count('type_id', 0);
  body.end();
  piece.end();
  if (kind === 'Sequence' && (name === 'A' || name === 'B')) return sequence(name === 'A' ? 0 : 1, typeId);
  const found = kind === 'SpecialToken' ? ids.get(name) : undefined;
  if (found === undefined) throw mismatch(path, 'Sequence A or B, or one of special_tokens', name);
  return special(found, typeId);
}

function readIds(values: readonly unknown[], path: string): number[] {
  return values.map((id, i) => {
    checkId(id, `${path}[${i}]`);
    return id;
  });
}

/** `["[SEP]", 102]`. */
function readToken(fields: JsonFields, key: string): readonly number[] {
  const pair = fields.array(key);
  if (pair.length !== 2 || typeof pair[0] !== 'string') throw mismatch(fields.at(key), '[token, id]', pair);
  return readIds([pair[1]], fields.at(key));
}

function sequence(which: 0 | 1, typeId: number): TemplatePiece {
  return { kind: 'sequence', sequence: which, typeId };
}

function special(ids: readonly number[], typeId: number): TemplatePiece {
  return { kind: 'special', ids, typeId };
}
