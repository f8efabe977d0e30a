import { show, TokenizerError } from './errors.ts';
import type { AddedToken, EncodeOptions } from './tokenizer.ts';

/** A stretch of text for the model, or an added token found in it. */
export type Segment =
  | { readonly kind: 'text'; readonly start: number; readonly text: string }
  | { readonly kind: 'added'; readonly start: number; readonly token: AddedToken };

/** The added tokens of a vocabulary, and finding them in text: leftmost, then longest. */
export class AddedTokens {
  readonly list: readonly AddedToken[];
  readonly #byContent: ReadonlyMap<string, AddedToken>;
  readonly #byId: ReadonlyMap<number, AddedToken>;
  readonly #plain: RegExp | undefined;
  readonly #all: RegExp | undefined;

  constructor(tokens: readonly AddedToken[]) {
    this.list = [...tokens].sort((a, b) => a.id - b.id);
    this.#byContent = new Map(tokens.map((token) => [token.content, token]));
    this.#byId = new Map(tokens.map((token) => [token.id, token]));
    for (const { content } of tokens) checkContent(content);
    if (this.#byContent.size < tokens.length || this.#byId.size < tokens.length) throw repeated(this.list);
    this.#plain = patternOf(tokens.filter((token) => !token.special));
    this.#all = patternOf(tokens);
  }

  byContent(content: string): AddedToken | undefined {
    return this.#byContent.get(content);
  }

  byId(id: number): AddedToken | undefined {
    return this.#byId.get(id);
  }

  /** Cuts a text at the added tokens that may be found in it; empty stretches are left out. */
  split(text: string, options: EncodeOptions): Segment[] {
    if (text === '') return [];
    const pattern = this.#pattern(options.allowedSpecial);
    if (pattern === undefined) return [{ kind: 'text', start: 0, text }];
    const segments: Segment[] = [];
    let from = 0;
    for (const { index, 0: content } of text.matchAll(pattern)) {
      if (index > from) segments.push({ kind: 'text', start: from, text: text.slice(from, index) });
      segments.push({ kind: 'added', start: index, token: this.#byContent.get(content)! });
      from = index + content.length;
    }
    if (from < text.length) segments.push({ kind: 'text', start: from, text: text.slice(from) });
    return segments;
  }

  #pattern(allowed: EncodeOptions['allowedSpecial']): RegExp | undefined {
    if (allowed === undefined) return this.#plain;
    if (allowed === 'all') return this.#all;
    for (const content of allowed) {
      if (this.#byContent.get(content)?.special) continue;
      const known = this.list.filter((token) => token.special).map((token) => show(token.content));
      throw new TokenizerError(
        `allowedSpecial: expected special tokens of this vocabulary (${known.join(', ') || 'it has none'}), ` +
          `got ${show(content)}. Check the spelling, or pass 'all'.`,
      );
    }
    return patternOf(this.list.filter((token) => !token.special || allowed.includes(token.content)));
  }
}

function patternOf(tokens: readonly AddedToken[]): RegExp | undefined {
  if (tokens.length === 0) return undefined;
  // The first alternative that matches wins, so the longest comes first.
  const contents = tokens.map((token) => token.content).sort((a, b) => b.length - a.length);
  return new RegExp(contents.map(quoted).join('|'), 'g');
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
