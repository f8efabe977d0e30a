import { show, TokenizerError } from '../errors.ts';
import { parseJson } from '../json/fields.ts';
import { readFlatVocabulary } from '../json/flat-vocabulary.ts';
import { readVocabulary } from '../json/vocabulary.ts';

/**
 * Reads the text of a `vocab.json` or `encoder.json`. Such a file is one flat object, which is read here without the
 * detour of a JavaScript object of fifty thousand properties; any other spelling goes through `JSON.parse`.
 */
export function readVocabularyFile(text: string): Map<string, number> {
  return (
    readFlatVocabulary(text, 'vocabulary') ?? readVocabulary(parseJson(text, 'vocabulary'), 'vocabulary')
  );
}

/** Reads the text of a `merges.txt` or `vocab.bpe`: a version line, then a pair a line. */
export function readMergesFile(text: string): [left: string, right: string][] {
  const merges: [string, string][] = [];
  let at = mergesStart(text);
  for (let line = at === 0 ? 1 : 2; at < text.length; line++) {
    // Lines end at a line feed alone: symbols of the alphabet count as line ends elsewhere.
    const next = lineAfter(text, at);
    let end = text[next - 1] === '\n' ? next - 1 : next;
    if (text[end - 1] === '\r') end--;
    const blank = text.indexOf(' ', at);
    const isPair = blank > at && blank + 1 < end && !text.slice(blank + 1, end).includes(' ');
    if (!isPair) {
      throw new TokenizerError(
        `merges line ${line}: expected two tokens and a blank between them, got ${show(text.slice(at, end))}. ` +
          'Check that the file is complete and is a merges file.',
      );
    }
    merges.push([text.slice(at, blank), text.slice(blank + 1, end)]);
    at = next;
  }
  return merges;
}

/** Where the first merge is: after the version line, if there is one. */
export function mergesStart(text: string): number {
  return text.startsWith('#version') ? lineAfter(text, 0) : 0;
}

/** Where the next line starts, or the end of the text. */
export function lineAfter(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

export function writeMergesFile(merges: readonly (readonly [string, string])[]): string {
  return ['#version: 0.2', ...merges.map((merge) => merge.join(' ')), ''].join('\n');
}
