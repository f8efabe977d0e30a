import { shownValue } from '../shown-value.ts';

/**
 * How tags say where an entity begins. `bio`: B- at its first word, I- at the others. `iob1`: I- at all, and B- only where
 * an entity follows another of its type (CoNLL-2003). `bioes`: E- at its last word, and S- where it has one word only.
 * `any`: tags that are no entities, as parts of speech.
 */
export type TagScheme = 'bio' | 'iob1' | 'bioes' | 'any';

/** What is wrong with a tag. */
export interface TagFault {
  readonly index: number;
  readonly expected: string;
  readonly got: string;
  readonly advice: string;
}

interface Entity {
  readonly prefix: string;
  readonly type: string;
}

type Step = { readonly prefix: 'B' | 'I' } | { readonly expected: string };

const PREFIXES: Record<Exclude<TagScheme, 'any'>, string> = { bio: 'BI', iob1: 'BI', bioes: 'BIES' };
const ADVICE =
  "Correct the tag, or pass the scheme of this file: 'bio', 'iob1', 'bioes', or 'any' for tags without one.";

/** Tags as BIO; or the first that is not of the scheme. Those of `any` stay as they are. */
export function bioTags(tags: readonly string[], scheme: TagScheme): readonly string[] | TagFault {
  if (scheme === 'any') return tags;
  const changed: string[] = [];
  let before: Entity | undefined;
  for (const [index, tag] of tags.entries()) {
    const entity = tag === 'O' ? undefined : entityOf(tag, PREFIXES[scheme]);
    if (entity === null) {
      const prefixes = [...PREFIXES[scheme]].map((prefix) => `${prefix}-`).join(', ');
      return {
        index,
        expected: `a ${scheme.toUpperCase()} tag, O or one with ${prefixes}`,
        got: shownValue(tag),
        advice: ADVICE,
      };
    }
    const step = STEPS[scheme](entity, before);
    if ('expected' in step) return { index, expected: step.expected, got: tag, advice: ADVICE };
    changed.push(entity === undefined ? 'O' : `${step.prefix}-${entity.type}`);
    before = entity;
  }
  if (scheme !== 'bioes' || !goesOn(before)) return changed;
  const expected = `E-${before.type} at an entity's last word`;
  return { index: tags.length - 1, expected, got: `${before.prefix}-${before.type}`, advice: ADVICE };
}

/** `null` where a tag has none of the prefixes. */
function entityOf(tag: string, prefixes: string): Entity | null {
  const [prefix = '', type] = [tag.slice(0, 1), tag.slice(2)];
  return tag[1] === '-' && type !== '' && prefixes.includes(prefix) ? { prefix, type } : null;
}

/** Whether a BIOES entity has more words to come. */
function goesOn(entity: Entity | undefined): entity is Entity {
  return entity !== undefined && 'BI'.includes(entity.prefix);
}

const STEPS: Record<
  Exclude<TagScheme, 'any'>,
  (entity: Entity | undefined, before: Entity | undefined) => Step
> = {
  bio(entity, before) {
    if (entity?.prefix !== 'I') return { prefix: 'B' };
    return entity.type === before?.type
      ? { prefix: 'I' }
      : { expected: `B-${entity.type} at the first word of an entity` };
  },
  iob1(entity, before) {
    const follows = entity?.type === before?.type;
    if (entity?.prefix !== 'B') return { prefix: follows ? 'I' : 'B' };
    return follows
      ? { prefix: 'B' }
      : { expected: `I-${entity.type}, or B- right after an entity of its type` };
  },
  bioes(entity, before) {
    const starts = entity === undefined || 'BS'.includes(entity.prefix);
    if (goesOn(before)) {
      return !starts && entity.type === before.type
        ? { prefix: 'I' }
        : { expected: `I-${before.type} or E-${before.type} after ${before.prefix}-${before.type}` };
    }
    return starts
      ? { prefix: 'B' }
      : { expected: `B-${entity.type} or S-${entity.type} at the first word of an entity` };
  },
};
