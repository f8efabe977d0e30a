import type { Matcher } from '../pipeline/splits.ts';
import { characterProperties } from '../unicode/properties.ts';
import { unitsOf } from '../unicode/walk.ts';

/** Every occurrence of a text. */
export function literal(content: string): Matcher {
  return (text, from, to, matches) => {
    if (content === '') return;
    for (let at = text.indexOf(content, from); at >= 0 && at + content.length <= to; ) {
      matches.push(at, at + content.length);
      at = text.indexOf(content, at + content.length);
    }
  };
}

/** Every single character that has one of the given properties. */
export function characters(bits: number): Matcher {
  return (text, from, to, matches) => {
    const properties = characterProperties();
    for (let at = from; at < to; ) {
      const codePoint = text.codePointAt(at)!;
      const next = at + unitsOf(codePoint);
      if ((properties[codePoint]! & bits) !== 0) matches.push(at, next);
      at = next;
    }
  };
}

/** Every run of characters of one kind; characters of kind 0 match nothing. */
export function runs(kindOf: (properties: number) => number): Matcher {
  return (text, from, to, matches) => {
    const properties = characterProperties();
    let start = from;
    let kind = 0;
    for (let at = from; at < to; ) {
      const codePoint = text.codePointAt(at)!;
      const next = kindOf(properties[codePoint]!);
      if (next !== kind) {
        if (kind !== 0) matches.push(start, at);
        start = at;
        kind = next;
      }
      at += unitsOf(codePoint);
    }
    if (kind !== 0) matches.push(start, to);
  };
}

/** Every match of a regular expression (flags g and u), the stretch being a text of its own. */
export function regularExpression(pattern: RegExp): Matcher {
  return (text, from, to, matches) => {
    const stretch = from === 0 && to === text.length ? text : text.slice(from, to);
    for (const { 0: found, index } of stretch.matchAll(pattern)) {
      if (found !== '') matches.push(from + index, from + index + found.length);
    }
  };
}
