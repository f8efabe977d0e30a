/** A place of a template: a text, or tokens that stand for none. */
export type TemplatePiece =
  | { readonly kind: 'sequence'; readonly sequence: 0 | 1; readonly typeId: number }
  | { readonly kind: 'special'; readonly ids: readonly number[]; readonly typeId: number };

/** What is put around a text and around a pair of texts. */
export interface PostProcessing {
  readonly single: readonly TemplatePiece[];
  readonly pair: readonly TemplatePiece[];
  /**
   * Take the blanks at either end of a token out of its offsets; with a blank added in front of the text
   * (`addPrefixSpace`) the first token keeps its own.
   */
  readonly trimOffsets?: { readonly addPrefixSpace: boolean } | undefined;
}

const FIRST: TemplatePiece = { kind: 'sequence', sequence: 0, typeId: 0 };

/** Nothing is put around a text; the second of a pair has type 1. */
export const PLAIN: PostProcessing = {
  single: [FIRST],
  pair: [FIRST, { kind: 'sequence', sequence: 1, typeId: 1 }],
};

/** How many tokens a template adds. */
export function addedBy(template: readonly TemplatePiece[]): number {
  return template.reduce((sum, piece) => sum + (piece.kind === 'special' ? piece.ids.length : 0), 0);
}

/** Takes the blanks at either end of tokens out of their offsets, as Hugging Face's ByteLevel does. */
export function trimOffsets(
  tokens: readonly string[],
  offsets: Int32Array,
  { addPrefixSpace }: { readonly addPrefixSpace: boolean },
): void {
  for (const [i, token] of tokens.entries()) {
    let start = offsets[2 * i]!;
    let end = offsets[2 * i + 1]!;
    const leading = /^[\u0120\s]*/u.exec(token)![0].length;
    const trailing = /[\u0120\s]*$/u.exec(token)![0].length;
    // A single blank in front of the text may be the one that was added, which has no place of its own.
    const added = addPrefixSpace && leading === 1 && (i === 0 || start === 0);
    if (!added) start = Math.min(start + leading, end);
    if (trailing > 0) end = added && trailing === token.length ? start : Math.max(end - trailing, start);
    offsets[2 * i] = start;
    offsets[2 * i + 1] = end;
  }
}
