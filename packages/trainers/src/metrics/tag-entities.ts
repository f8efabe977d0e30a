import { TenonError } from '@tenon/core';

/**
 * How tags are read. `conlleval` (the default) is lenient, as conlleval.pl, seqeval and SlotGated-SLU are: it reads BIO,
 * IOB1 and BIOES alike, and an `I` after `O` or after another type begins an entity. The others are strict, as seqeval
 * with `mode='strict'`: what breaks the scheme is no entity.
 */
export type TagScheme = 'conlleval' | 'BIO' | 'IOB1' | 'BIOES';

/** A run of words that is one thing. */
export interface TagEntity {
  readonly type: string;
  /** The first word. */
  readonly start: number;
  /** The word after the last. */
  readonly end: number;
}

interface Tag {
  readonly prefix: string;
  readonly type: string;
}

interface Rules {
  readonly prefixes: string;
  /** Whether a tag begins an entity. */
  starts(previous: Tag, tag: Tag): boolean;
  /** Whether a tag goes on with the entity of the one before. */
  goesOn(previous: Tag, tag: Tag): boolean;
  /** Whether an entity may end before a tag. */
  mayEnd(previous: Tag, tag: Tag): boolean;
}

const OUTSIDE: Tag = { prefix: 'O', type: '' };

/**
 * Rules by pairs of prefixes. `=` after a pair asks for the same type, `!` for another one; `*` stands for any prefix.
 */
function strict(prefixes: string, starts: string, goesOn: string, mayEnd: string): Rules {
  const matcher = (patterns: string): Rules['starts'] => {
    const rules = patterns.split(' ');
    return (previous, tag) =>
      rules.some(
        ([before, now, type]) =>
          (before === '*' || before === previous.prefix) &&
          (now === '*' || now === tag.prefix) &&
          (type === undefined || (type === '=') === (previous.type === tag.type)),
      );
  };
  return { prefixes, starts: matcher(starts), goesOn: matcher(goesOn), mayEnd: matcher(mayEnd) };
}

const starts: Rules['starts'] = (previous, tag) =>
  tag.prefix !== 'O' &&
  ('BS'.includes(tag.prefix) || 'OES'.includes(previous.prefix) || previous.type !== tag.type);

const SCHEMES: Readonly<Record<TagScheme, Rules>> = {
  conlleval: {
    prefixes: 'OBIES',
    starts,
    goesOn: (previous, tag) => tag.prefix !== 'O' && !starts(previous, tag),
    mayEnd: () => true,
  },
  BIO: strict('OBI', '*B', 'BI= II=', 'IO II! IB BO BI! BB'),
  IOB1: strict('OBI', 'OI II! BI IB= BB=', 'BI= II=', 'II! IO IB BO BI! BB='),
  BIOES: strict('OBIES', '*B *S', 'BI= BE= II= IE=', 'S* E*'),
};

/**
 * The entities that the tags of a sentence mark, in their order.
 *
 * @throws {TenonError} about a scheme or a tag that is not known.
 * @example
 * ```ts
 * import { tagEntities } from '@tenon/trainers/metrics';
 *
 * console.log(tagEntities(['O', 'B-city', 'I-city', 'O'])); // [ { type: 'city', start: 1, end: 3 } ]
 * ```
 * @see Tjong Kim Sang and De Meulder 2003, Introduction to the CoNLL-2003 shared task (conlleval)
 * @see https://github.com/chakki-works/seqeval
 */
export function tagEntities(tags: readonly string[], scheme: TagScheme = 'conlleval'): TagEntity[] {
  const rules = rulesOf(scheme);
  const read = tags.map((tag) => readTag(tag, rules.prefixes));
  const entities: TagEntity[] = [];
  for (let start = 0, end = 0; start < read.length; start = end) {
    const first = read[start]!;
    end = start + 1;
    if (!rules.starts(read[start - 1] ?? OUTSIDE, first)) continue;
    while (end < read.length && rules.goesOn(read[end - 1]!, read[end]!)) end++;
    if (rules.mayEnd(read[end - 1]!, read[end] ?? OUTSIDE)) entities.push({ type: first.type, start, end });
  }
  return entities;
}

function rulesOf(scheme: string): Rules {
  if (Object.hasOwn(SCHEMES, scheme)) return SCHEMES[scheme as TagScheme]; // it is a key
  throw new TenonError({
    subject: 'tag scheme',
    expected: Object.keys(SCHEMES).join(', '),
    got: scheme,
    advice: "Leave it out for 'conlleval', which reads all of them.",
  });
}

function readTag(tag: string, prefixes: string): Tag {
  const prefix = tag.slice(0, 1);
  const known = prefix !== '' && prefixes.includes(prefix);
  if (known && (tag.length === 1 || (tag[1] === '-' && prefix !== 'O'))) {
    return { prefix, type: tag.slice(2) };
  }
  throw new TenonError({
    subject: 'tag',
    expected: `O, or one of ${[...prefixes.slice(1)].join(', ')} with a type behind a hyphen (B-city)`,
    got: JSON.stringify(tag),
    advice: 'Write the tags in one scheme.',
  });
}
