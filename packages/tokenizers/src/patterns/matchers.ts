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

/** Long texts are searched in windows of this many units … */
const WINDOW = 2048;
/** … and what lies so near a window's end is left to the next. */
const MARGIN = 1024;

/**
 * Every match of a regular expression (flags g and u), the stretch being a text of its own. In a long one a match may be
 * of any length, but an attempt that fails has looked at no more than a window: time grows with the text, not with its square.
 */
export function regularExpression(pattern: RegExp): Matcher {
  const here = new RegExp(pattern.source, 'uy');
  return (text, from, to, matches) => {
    const stretch = from === 0 && to === text.length ? text : text.slice(from, to);
    let window = WINDOW;
    let reached = 0; // by the last match that went on to the end of its window
    // Up to here no such match is followed further: one from before has been, over the same text, in vain.
    let vain = 0;
    for (let at = 0; at < stretch.length; ) {
      const start = wholeCharacter(stretch, Math.max(0, at - MARGIN));
      const end = wholeCharacter(stretch, Math.min(stretch.length, at + window));
      const sure = end === stretch.length ? end : end - MARGIN;
      const part = stretch.slice(start, end);
      const attempt = window === WINDOW ? pattern : here; // in a wider window, only the match that needs it
      let next = sure;
      attempt.lastIndex = at - start;
      let match = attempt.exec(part);
      if (match === null && attempt === here) {
        vain = reached;
        next = at + unitsOf(stretch.codePointAt(at)!);
      }
      for (; match !== null; match = attempt.exec(part)) {
        const first = start + match.index;
        const last = first + match[0].length;
        next = Math.min(first, sure);
        if (last > sure) {
          reached = last;
          break;
        }
        if (last > first) matches.push(from + first, from + last);
        next = sure;
        if (attempt === here) {
          next = last;
          break;
        }
        if (last === first) pattern.lastIndex += unitsOf(part.codePointAt(match.index) ?? 0);
      }
      if (next > at) window = WINDOW;
      else if (at < vain) next = at + unitsOf(stretch.codePointAt(at)!);
      else window *= 2;
      at = wholeCharacter(stretch, next);
    }
  };
}

/** The place, or the one before it that does not cut a character. */
function wholeCharacter(text: string, at: number): number {
  return at > 0 && at < text.length && text.codePointAt(at - 1)! > 0xffff ? at - 1 : at;
}
