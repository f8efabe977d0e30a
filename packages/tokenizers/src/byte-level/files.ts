import { show, TokenizerError } from '../errors.ts';
import { parseJson } from '../json/fields.ts';
import { readVocabulary } from '../json/vocabulary.ts';

/** Reads the text of a `vocab.json` or `encoder.json`. */
export function readVocabularyFile(text: string): Map<string, number> {
  return readVocabulary(parseJson(text, 'vocabulary'), 'vocabulary');
}

/** Reads the text of a `merges.txt` or `vocab.bpe`: a version line, then a pair a line. */
export function readMergesFile(text: string): [left: string, right: string][] {
  // Lines end at a line feed alone: symbols of the alphabet count as line ends elsewhere.
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const header = lines[0]?.startsWith('#version') ? 1 : 0;
  if (lines.at(-1) === '') lines.pop();
  return lines.slice(header).map((line, i) => {
    const [left, right, ...rest] = line.split(' ');
    if (left && right && rest.length === 0) return [left, right];
    throw new TokenizerError(
      `merges line ${header + i + 1}: expected two tokens and a blank between them, got ${show(line)}. ` +
        'Check that the file is complete and is a merges file.',
    );
  });
}

export function writeMergesFile(merges: readonly (readonly [string, string])[]): string {
  return ['#version: 0.2', ...merges.map((merge) => merge.join(' ')), ''].join('\n');
}
