import { show, TokenizerError } from './errors.ts';
import type { AlignedText } from './pipeline/aligned-text.ts';
import type { AddedToken, EncodeOptions } from './tokenizer.ts';
import { characterProperties, WHITE, WORD } from './unicode/properties.ts';

/** A stretch of text for the model, or an added token found in it. */
export type Segment =
  | { readonly kind: 'text'; readonly source: AlignedText }
  | { readonly kind: 'added'; readonly source: AlignedText; readonly token: AddedToken };

/** Which tokens are looked for: those of the text as it is, or those of the normalised text. */
type Pass = 'raw' | 'normalized';

/** The added tokens of a vocabulary, and finding them in text: leftmost, then longest. */
export class AddedTokens {
  readonly list: readonly AddedToken[];
  readonly #byContent: ReadonlyMap<string, AddedToken>;
  readonly #byId: ReadonlyMap<number, AddedToken>;
  readonly #finders: Readonly<
    Record<Pass, { readonly plain: Finder | undefined; readonly all: Finder | undefined }>
  >;
  readonly #normalize: (content: string) => string;

  constructor(tokens: readonly AddedToken[], normalize: (content: string) => string) {
    this.list = [...tokens].sort((a, b) => a.id - b.id);
    this.#byContent = new Map(tokens.map((token) => [token.content, token]));
    this.#byId = new Map(tokens.map((token) => [token.id, token]));
    this.#normalize = normalize;
    for (const { content } of tokens) checkContent(content);
    if (this.#byContent.size < tokens.length || this.#byId.size < tokens.length) throw repeated(this.list);
    const finders = (pass: Pass): { plain: Finder | undefined; all: Finder | undefined } => ({
      plain: this.#finderOf(pass, (token) => !token.special),
      all: this.#finderOf(pass, () => true),
    });
    this.#finders = { raw: finders('raw'), normalized: finders('normalized') };
  }

  /** Whether some token is looked for in the normalised text. */
  needsNormalized(allowed: EncodeOptions['allowedSpecial']): boolean {
    return this.#finder('normalized', allowed) !== undefined;
  }

  byContent(content: string): AddedToken | undefined {
    return this.#byContent.get(content);
  }

  byId(id: number): AddedToken | undefined {
    return this.#byId.get(id);
  }

  /** Cuts a text at the added tokens that may be found in it; empty stretches are left out. */
  split(source: AlignedText, pass: Pass, allowed: EncodeOptions['allowedSpecial']): Segment[] {
    if (source.text === '') return [];
    const finder = this.#finder(pass, allowed);
    return finder === undefined ? [{ kind: 'text', source }] : finder.split(source);
  }

  #finder(pass: Pass, allowed: EncodeOptions['allowedSpecial']): Finder | undefined {
    if (allowed === undefined) return this.#finders[pass].plain;
    if (allowed === 'all') return this.#finders[pass].all;
    for (const content of allowed) {
      if (this.#byContent.get(content)?.special) continue;
      const known = this.list.filter((token) => token.special).map((token) => show(token.content));
      throw new TokenizerError(
        `allowedSpecial: expected special tokens of this vocabulary (${known.join(', ') || 'it has none'}), ` +
          `got ${show(content)}. Check the spelling, or pass 'all'.`,
      );
    }
    return this.#finderOf(pass, (token) => !token.special || allowed.includes(token.content));
  }

  #finderOf(pass: Pass, wanted: (token: AddedToken) => boolean): Finder | undefined {
    const normalized = pass === 'normalized';
    const entries = this.list.flatMap((token): [string, AddedToken][] => {
      if ((token.normalized ?? false) !== normalized || !wanted(token)) return [];
      const content = normalized ? this.#normalize(token.content) : token.content;
      return content === '' ? [] : [[content, token]];
    });
    return entries.length === 0 ? undefined : new Finder(new Map(entries));
  }
}

/** Finds a set of tokens. */
class Finder {
  readonly #tokens: ReadonlyMap<string, AddedToken>;
  readonly #pattern: RegExp;

  constructor(tokens: ReadonlyMap<string, AddedToken>) {
    this.#tokens = tokens;
    // The first alternative that matches wins, so the longest comes first.
    const contents = [...tokens.keys()].sort((a, b) => b.length - a.length);
    this.#pattern = new RegExp(contents.map(quoted).join('|'), 'g');
  }

  split(source: AlignedText): Segment[] {
    const { text } = source;
    const segments: Segment[] = [];
    let from = 0;
    for (const { index, 0: content } of text.matchAll(this.#pattern)) {
      const token = this.#tokens.get(content)!;
      let start = index;
      let end = index + content.length;
      if (start < from || (token.singleWord && (wordBefore(text, start) || wordAfter(text, end)))) continue;
      if (token.lstrip) while (start > from && isWhite(text, start - 1)) start--;
      if (token.rstrip) while (end < text.length && isWhite(text, end)) end++;
      if (start > from) segments.push({ kind: 'text', source: source.slice(from, start) });
      segments.push({ kind: 'added', source: source.slice(start, end), token });
      from = end;
    }
    if (from === 0) return [{ kind: 'text', source }];
    if (from < text.length) segments.push({ kind: 'text', source: source.slice(from, text.length) });
    return segments;
  }
}

function isWhite(text: string, at: number): boolean {
  return (characterProperties()[text.charCodeAt(at)]! & WHITE) !== 0;
}

function wordBefore(text: string, at: number): boolean {
  if (at === 0) return false;
  const pair = at >= 2 && text.codePointAt(at - 2)! > 0xffff;
  return isWord(text.codePointAt(pair ? at - 2 : at - 1)!);
}

function wordAfter(text: string, at: number): boolean {
  return at < text.length && isWord(text.codePointAt(at)!);
}

function isWord(codePoint: number): boolean {
  return (characterProperties()[codePoint]! & WORD) !== 0;
}

function quoted(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function checkContent(content: string): void {
  if (content !== '' && !/\p{Surrogate}/u.test(content)) return;
  throw new TokenizerError(
    `added token: expected a non-empty, well-formed text, got ${show(content)}. Remove or rename that token.`,
  );
}

function repeated(tokens: readonly AddedToken[]): TokenizerError {
  const contents = new Set<string>();
  const ids = new Set<number>();
  const again = tokens.find((token) => {
    if (contents.has(token.content) || ids.has(token.id)) return true;
    contents.add(token.content);
    ids.add(token.id);
    return false;
  });
  return new TokenizerError(
    `added tokens: expected each content and each id once, got ${show(again?.content)} with id ${again?.id} ` +
      'where one of the two is taken. Give it a content and an id of its own.',
  );
}
