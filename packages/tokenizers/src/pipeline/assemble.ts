import { type EncodedSequence, Encoding, type EncodingPart, lengthOf, type Spelling } from '../encoding.ts';
import { TokenizerError } from '../errors.ts';
import { addedBy, type PostProcessing, type TemplatePiece } from '../post-processors/template.ts';
import { type Padding, type Truncation, type Window, windowsOf } from './shape.ts';

/** An encoding that may still be padded. */
export interface Assembled {
  /** Tokens, without padding. */
  readonly length: number;
  encoding(finish?: (parts: readonly EncodingPart[]) => readonly EncodingPart[]): Encoding;
}

/** Cuts one or two encoded texts to length and puts the template around each of the windows. */
export function assemble(
  sequences: readonly EncodedSequence[],
  { single, pair }: PostProcessing,
  addSpecialTokens: boolean,
  truncation: Truncation | undefined,
  spelling: Spelling,
): Assembled {
  const template = (sequences.length > 1 ? pair : single).filter(
    ({ kind }) => addSpecialTokens || kind === 'sequence',
  );
  const lengths = sequences.map(({ ids }) => ids.length);
  const windows =
    truncation === undefined
      ? lengths.map((n): Window[] => [[0, n]])
      : windowsOf(lengths, roomFor(template, truncation), truncation);
  const [kept, ...overflow] = combinations(windows, template).map((chosen) =>
    partsOf(template, sequences, chosen),
  );
  return {
    length: kept!.reduce((sum, part) => sum + lengthOf(part), 0),
    encoding: (finish = (parts) => parts) =>
      new Encoding(
        finish(kept!),
        spelling,
        overflow.map((parts) => new Encoding(finish(parts), spelling)),
      ),
  };
}

/** Fills up to a length with padding. */
export function pad(
  parts: readonly EncodingPart[],
  length: number,
  padding: Padding,
): readonly EncodingPart[] {
  const missing = length - parts.reduce((sum, part) => sum + lengthOf(part), 0);
  if (missing <= 0) return parts;
  const filling: EncodingPart = {
    kind: 'padding',
    ids: Array<number>(missing).fill(padding.id),
    typeId: padding.typeId,
  };
  return padding.side === 'left' ? [filling, ...parts] : [...parts, filling];
}

function roomFor(template: readonly TemplatePiece[], { maxLength }: Truncation): number {
  const added = addedBy(template);
  if (maxLength >= added) return maxLength - added;
  throw new TokenizerError(
    `maxLength: expected at least the ${added} special tokens of the template, got ${maxLength}. ` +
      'Choose a larger one, or addSpecialTokens: false.',
  );
}

/**
 * One window of each text at a time: first those that are kept, then every other window of the text that the
 * template has first with every window of the second, then the first's kept one with the second's others.
 */
function combinations(
  windows: readonly (readonly Window[])[],
  template: readonly TemplatePiece[],
): (readonly Window[])[] {
  const [first = [], second] = windows;
  if (second === undefined) return first.map((window) => [window]);
  const swapped = template.find(({ kind }) => kind === 'sequence');
  const secondLeads = swapped?.kind === 'sequence' && swapped.sequence === 1;
  const [outer, inner] = secondLeads ? [second, first] : [first, second];
  const pairs = [...outer.slice(1), outer[0]!].flatMap((a) => inner.map((b): readonly Window[] => [a, b]));
  const all = [pairs.splice(-inner.length, 1)[0]!, ...pairs];
  return secondLeads ? all.map(([a, b]) => [b!, a!]) : all;
}

function partsOf(
  template: readonly TemplatePiece[],
  sequences: readonly EncodedSequence[],
  windows: readonly Window[],
): EncodingPart[] {
  return template.flatMap((piece): EncodingPart[] => {
    if (piece.kind === 'special') return [piece];
    const source = sequences[piece.sequence];
    const window = windows[piece.sequence];
    if (source === undefined || window === undefined) return [];
    const { sequence, typeId } = piece;
    return [{ kind: 'text', sequence, source, from: window[0], to: window[1], typeId }];
  });
}
