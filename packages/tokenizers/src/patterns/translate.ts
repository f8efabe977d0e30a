import { show, TokenizerError } from '../errors.ts';
import { charactersOf } from '../unicode/range-list.ts';
import { Backtracking } from './backtracking.ts';

/** White space, and its complement, for use inside brackets. `\s` of JavaScript is another set. */
const SPACES = '\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
/** Classes of runs.ts. */
const ALL = 'LDRNMCWPJFASUO';
const WORDS = 'LDRMCWJA';
/** Properties that the frozen tables have; of others, such as scripts and letter cases, the engine knows. */
const FROZEN: Readonly<Record<string, string>> = {
  L: 'L',
  N: 'DRN',
  Nd: 'D',
  M: 'MC',
  Mn: 'M',
  P: 'PW',
  S: 'AS',
  Cf: 'JF',
  Cn: 'U',
};
const LONGEST_PATTERN = 5000;

/**
 * Turns a regular expression of Oniguruma, as `tokenizer.json` has them, into one of JavaScript that matches the
 * same, or refuses it: what JavaScript lacks or spells otherwise, and what may take exponential time.
 */
export function translatePattern(pattern: string, path: string): RegExp {
  if (pattern.length > LONGEST_PATTERN) {
    throw refuse(path, pattern, `at most ${LONGEST_PATTERN} characters`, `${pattern.length}`);
  }
  const source = new Translator(pattern, path).run();
  try {
    return new RegExp(source, 'gu');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw refuse(path, pattern, 'a regular expression that JavaScript understands too', reason, error);
  }
}

function refuse(
  path: string,
  pattern: string,
  expected: string,
  got: string,
  cause?: unknown,
): TokenizerError {
  return new TokenizerError(
    `${path} = ${show(pattern)}: expected ${expected}, got ${got}. ` +
      'Write the pattern another way, or split with several simpler ones.',
    cause === undefined ? {} : { cause },
  );
}

/** What was read last, while a quantifier may still follow: a set of characters, or a group. */
type Pending = { readonly set: string } | 'group' | undefined;

class Translator {
  readonly #pattern: string;
  readonly #path: string;
  readonly #backtracking = new Backtracking();
  readonly #ignoreCase: boolean[] = [false]; // of each group that is open
  #at = 0;
  #out = '';
  #pending: Pending;

  constructor(pattern: string, path: string) {
    this.#pattern = pattern;
    this.#path = path;
  }

  run(): string {
    while (this.#at < this.#pattern.length) this.#step();
    this.#settle(1, 1);
    if (!this.#backtracking.endless) return this.#out;
    throw this.#refuse(
      'no repetition of a group that repeats or chooses, no two repetitions of the same characters before others and ' +
        'no long row of choices, which can take for ever',
      this.#pattern,
    );
  }

  #step(): void {
    const rest = this.#pattern.slice(this.#at, this.#at + 12);
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(rest)?.[0];
    if (quantifier !== undefined) {
      this.#quantify(quantifier);
      return;
    }
    this.#settle(1, 1);
    const character = rest[0]!;
    if (character === '(') this.#open();
    else if (character === ')') this.#close();
    else {
      const before = this.#out.length;
      if (character === '\\') this.#out += this.#escape(false);
      else if (character === '[') this.#bracket();
      else {
        this.#at += 1;
        this.#out += this.#letter(character);
      }
      const written = this.#out.slice(before);
      if (written === '|') this.#backtracking.alternative();
      else if (written.startsWith('(?')) this.#backtracking.assert();
      else this.#pending = { set: written };
    }
  }

  get #ignoresCase(): boolean {
    return this.#ignoreCase.at(-1)!;
  }

  /** How often what was read last comes is known. */
  #settle(least: number, most: number): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending === 'group') this.#backtracking.close(least, most);
    else if (pending !== undefined) this.#backtracking.take(pending.set, least, most);
  }

  #quantify(quantifier: string): void {
    this.#at += quantifier.length;
    const [least, most] = /\d/.test(quantifier)
      ? quantifier.slice(1, -1).split(',').map(Number)
      : [quantifier === '+' ? 1 : 0, quantifier === '?' ? 1 : 0];
    this.#settle(least!, most === undefined ? least! : most || Number.POSITIVE_INFINITY);
    const suffix = this.#pattern[this.#at];
    if (suffix === '+')
      throw this.#refuse('no possessive quantifier, which JavaScript lacks', `${quantifier}+`);
    if (suffix === '?') this.#at++;
    this.#out += quantifier + (suffix === '?' ? '?' : '');
  }

  #open(): void {
    const head = /^\((?:\?(?:<?[=!]|:|i:|<[A-Za-z]\w*>|[^)]{1,3}))?/.exec(this.#pattern.slice(this.#at))![0];
    if (!/^\((?:\?(?:<?[=!]|:|i:|<[A-Za-z]\w*>))?$/.test(head)) {
      throw this.#refuse('a plain, named, case-insensitive or looking group', head);
    }
    this.#at += head.length;
    this.#ignoreCase.push(this.#ignoresCase || head === '(?i:');
    this.#backtracking.open(/[=!]$/.test(head));
    this.#out += head === '(?i:' ? '(?:' : head;
  }

  #close(): void {
    if (this.#ignoreCase.length === 1) throw this.#refuse('balanced brackets', ')');
    this.#ignoreCase.pop();
    this.#pending = 'group';
    this.#at++;
    this.#out += ')';
  }

  /** An escape, outside or inside brackets. */
  #escape(inside: boolean): string {
    const property = /^\\[pP]\{\w+\}/.exec(this.#pattern.slice(this.#at, this.#at + 40))?.[0];
    const written = property ?? this.#pattern.slice(this.#at, this.#at + 2);
    this.#at += written.length;
    if (property !== undefined) {
      const frozen = Object.hasOwn(FROZEN, property.slice(3, -1)) ? FROZEN[property.slice(3, -1)] : undefined;
      return frozen === undefined ? property : classes(frozen, inside, property[1] === 'P');
    }
    const code = written[1] ?? '';
    if (code === 's') return inside ? SPACES : `[${SPACES}]`;
    if (code === 'd' || code === 'D') return classes('D', inside, code === 'D');
    if (code === 'w' || (code === 'W' && !inside)) return classes(WORDS, inside, code === 'W');
    if (code === 'S' && !inside) return `[^${SPACES}]`;
    if ((code === 'b' || code === 'B') && !inside) return boundary(code === 'b');
    if ('nrtfv'.includes(code) && code !== '') return written;
    if (code === 'x' || code === 'u') return this.#codePoint(code);
    if (/[^A-Za-z0-9]/.test(code)) {
      const special = /[\^$\\.*+?()[\]{}|/]/.test(code) || (inside && code === '-');
      return special ? `\\${code}` : code;
    }
    if (code === 'A' && !inside) return '(?<![^])';
    if (code === 'z' && !inside) return '(?![^])';
    throw this.#refuse('an escape whose meaning is the same in JavaScript', written);
  }

  #codePoint(code: string): string {
    const digits =
      /^(?:\{[0-9A-Fa-f]{1,6}\}|[0-9A-Fa-f]+)/.exec(this.#pattern.slice(this.#at, this.#at + 8))?.[0] ?? '';
    const used = digits.startsWith('{') ? digits : digits.slice(0, code === 'x' ? 2 : 4);
    if (used === '') throw this.#refuse('hexadecimal digits', `\\${code}`);
    this.#at += used.length;
    return used.startsWith('{') ? `\\u${used}` : `\\u${used.padStart(4, '0')}`;
  }

  #bracket(): void {
    this.#at++;
    this.#out += '[';
    if (this.#pattern[this.#at] === '^') {
      this.#at++;
      this.#out += '^';
    }
    for (let first = true; ; first = false) {
      const character = this.#pattern[this.#at];
      if (character === undefined) throw this.#refuse('a closing bracket', 'none');
      if (character === ']' && !first) break;
      if (character === '[' || this.#pattern.startsWith('&&', this.#at)) {
        throw this.#refuse('no set within a set', this.#pattern.slice(this.#at, this.#at + 2));
      }
      if (character === '\\') {
        if (/^\\[SWbB]/.test(this.#pattern.slice(this.#at, this.#at + 2))) this.#negatedInside();
        else this.#out += this.#escape(true);
      } else {
        this.#at++;
        this.#out += this.#inside(character);
      }
    }
    this.#at++;
    this.#out += ']';
  }

  /** `\S` and `\W` among others: what JavaScript cannot say, save for the whole of `[\s\S]`. */
  #negatedInside(): void {
    if (this.#pattern.startsWith('[\\s\\S]', this.#at - 3)) {
      this.#at += 2;
      this.#out += '\\S\\s';
      return;
    }
    throw this.#refuse('no negated class within a set', this.#pattern.slice(this.#at, this.#at + 2));
  }

  #inside(character: string): string {
    if (character === ']' || character === '(' || character === '{') return `\\${character}`;
    return this.#ignoresCase && /[A-Za-z]/.test(character) ? bothCases(character) : character;
  }

  #letter(character: string): string {
    if (this.#ignoresCase && /\p{L}/u.test(character)) return `[${bothCases(character)}]`;
    if (character === '.') return '[^\\n]';
    if (character === '$') return '(?![^\\n])';
    if (character === '^') return '(?<![^\\n])';
    return '{}]/'.includes(character) ? `\\${character}` : character;
  }

  #refuse(expected: string, got: string): TokenizerError {
    return refuse(this.#path, this.#pattern, expected, show(got));
  }
}

/** The spellings that Unicode's simple case folding takes for the same: `s`, `S` and the long s `ſ`. */
function bothCases(letter: string): string {
  const extra = { s: '\u017f', k: '\u212a' }[letter.toLowerCase()] ?? '';
  return letter.toLowerCase() + letter.toUpperCase() + extra;
}

/** Characters of some classes of runs.ts, or all others. */
function classes(names: string, inside: boolean, negated = false): string {
  const wanted = negated ? [...ALL].filter((name) => !names.includes(name)).join('') : names;
  return inside ? charactersOf(wanted) : `[${charactersOf(wanted)}]`;
}

function boundary(at: boolean): string {
  const word = classes(WORDS, false);
  const [before, after] = [`(?<=${word})`, `(?=${word})`];
  const [notBefore, notAfter] = [`(?<!${word})`, `(?!${word})`];
  return at
    ? `(?:${before}${notAfter}|${notBefore}${after})`
    : `(?:${before}${after}|${notBefore}${notAfter})`;
}
