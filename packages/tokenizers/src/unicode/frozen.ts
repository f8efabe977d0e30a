// Normal forms and lower case of one version of Unicode in every engine since Unicode 15. An engine gives them for the
// characters that it knows, since Unicode never changes them once a character is assigned; for newer characters we have
// the data, and those that the frozen tables do not have are kept from engines that know them.
import { NEW_CAPITALS, NEW_COMPOSITES, NEW_MARKS, NEW_VARIANTS } from './newer.ts';
import { charactersOf, forEachRun } from './range-list.ts';

export type NormalForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

/** The part of an engine that depends on its version; tests play older and newer ones. */
export interface Engine {
  normalize(text: string, form: NormalForm): string;
  toLowerCase(text: string): string;
}

const ENGINE: Engine = {
  normalize: (text, form) => text.normalize(form),
  toLowerCase: (text) => text.toLowerCase(),
};

const DOT = '\u0307';

const tables = once(() => {
  const composed = new Map(Object.entries(NEW_COMPOSITES).map(([one, parts]) => [parts, one]));
  const sequences = [...composed.keys()].sort((a, b) => b.length - a.length);
  const marks = Object.values(NEW_MARKS).join('');
  const others = [...[...composed].flat(), ...ofRuns(NEW_VARIANTS).keys(), ...ofRuns(NEW_CAPITALS).keys()];
  const newer = marks + others.join('').replaceAll(DOT, '');
  const unassigned = charactersOf('U');
  return {
    composed,
    capitals: ofRuns(NEW_CAPITALS),
    decomposed: new Map(Object.entries(NEW_COMPOSITES)),
    variants: ofRuns(NEW_VARIANTS),
    /** Characters and ranges of them, as in brackets. */
    newer,
    special: new RegExp(`[${unassigned}${newer}]`, 'u'),
    unassigned: new RegExp(`([${unassigned}]+)`, 'u'),
    /** Longer ones first: what composing two by two from the left gives. */
    sequences: new RegExp(sequences.join('|'), 'gu'),
    dotted: new RegExp(`([\u{105d2}\u{105da}])([${charactersOf('M')}]+?)${DOT}`, 'gu'),
    marks: new RegExp(`[${marks}${Object.keys(NEW_MARKS).join('')}]`, 'gu'),
    standIns: Object.entries(NEW_MARKS).map(
      ([standIn, some]) => [standIn, new RegExp(`[${some}]`, 'u')] as const,
    ),
  };
});

/** By UTF-16 unit: 1 where it takes more than the engine, or is half of a character. A look at it is faster than the expression. */
const suspects = once(() => {
  const units = new Uint8Array(0x10000).fill(1, 0xd800, 0xe000);
  forEachRun((name, first, end) => {
    if (name === 'U') units.fill(1, first, end);
  });
  for (const [, first, last = first] of tables().newer.matchAll(/(.)(?:-(.))?/gsu)) {
    units.fill(1, first!.codePointAt(0), last!.codePointAt(0)! + 1);
  }
  return units;
});

/** Whether the engine's word is enough. */
function isSettled(text: string): boolean {
  const units = suspects();
  for (let at = 0; at < text.length; at++) {
    if (units[text.charCodeAt(at)] === 1) return !tables().special.test(text);
  }
  return true;
}

function once<Value>(build: () => Value): () => Value {
  let value: Value | undefined;
  return () => {
    value ??= build();
    return value;
  };
}

function ofRuns(runs: readonly (readonly [first: number, last: number, of: number])[]): Map<string, string> {
  const map = new Map<string, string>();
  for (const [first, last, of] of runs) {
    for (let at = first; at <= last; at++) {
      map.set(String.fromCodePoint(at), String.fromCodePoint(of + at - first));
    }
  }
  return map;
}

/** A normal form (UAX #15). */
export function normalForm(text: string, form: NormalForm, engine: Engine = ENGINE): string {
  if (isSettled(text)) return engine.normalize(text, form);
  return betweenUnassigned(text, (part) => normalizeNewer(part, form, engine));
}

/** Lower case of a text without capital sigma, whose small letter depends on its neighbours. */
export function lowerCase(text: string, engine: Engine = ENGINE): string {
  if (isSettled(text)) return engine.toLowerCase(text);
  const { capitals } = tables();
  return betweenUnassigned(text, (part) =>
    engine.toLowerCase(part.replace(/[^\0-\u1c00]/gu, (character) => capitals.get(character) ?? character)),
  );
}

/** Changes all but the characters that are not assigned: they never change, nor does anything across them. */
function betweenUnassigned(text: string, change: (part: string) => string): string {
  return text
    .split(tables().unassigned)
    .map((part, i) => (i % 2 === 0 ? change(part) : part))
    .join('');
}

/** Takes new characters apart, lets known marks of the same class stand in for new ones, and composes what is new last. */
function normalizeNewer(text: string, form: NormalForm, engine: Engine): string {
  const { composed, decomposed, variants, sequences, marks, dotted, standIns } = tables();
  const compatible = form === 'NFKC' || form === 'NFKD';
  const played = new Map<string, string[]>(standIns.map(([standIn]) => [standIn, []]));
  const known = text
    .replace(/[^\0-\ua7f0]/gu, (one) => decomposed.get(one) ?? (compatible ? variants.get(one) : one) ?? one)
    .replace(marks, (mark) => {
      const standIn = standIns.find(([, some]) => some.test(mark))?.[0] ?? mark;
      played.get(standIn)!.push(mark);
      return standIn;
    });
  let result = engine.normalize(known, form);
  if (form === 'NFC' || form === 'NFKC') {
    const below = (mark: string): boolean => engine.normalize(DOT + mark, 'NFD') === mark + DOT;
    result = result
      .replace(dotted, (all, letter: string, between: string) =>
        [...between].every(below) ? composed.get(letter + DOT)! + between : all,
      )
      .replace(sequences, (parts) => composed.get(parts)!);
  }
  // Marks of one class keep their order, so the stand-ins go as they came.
  const actors = new Map(Array.from(played, ([standIn, some]) => [standIn, some.values()]));
  return result.replace(marks, (standIn) => actors.get(standIn)!.next().value!);
}
