import { show, TokenizerError } from '../errors.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { modelOf } from './model-json.ts';

/**
 * Reads the text of a BERT `vocab.txt`: a token a line, its id is the number of the line from 0. Lines end at a line
 * feed, or at CR and LF; other line ends (U+2028 in the Chinese vocabulary) are tokens. The last line may be blank.
 *
 * @throws TokenizerError for a token that is there twice
 */
export function readVocabularyLines(text: string): Map<string, number> {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  while (lines.length > 0 && /^\r?$/.test(lines.at(-1)!)) lines.pop();
  const vocabulary = new Map<string, number>();
  for (const [id, line] of lines.entries()) {
    const token = line.endsWith('\r') ? line.slice(0, -1) : line;
    const other = vocabulary.get(token);
    if (other !== undefined) {
      throw new TokenizerError(
        `vocab.txt: expected each token once, got ${show(token)} on lines ${other + 1} and ${id + 1}. ` +
          'Remove or rename one; lines below it would get other ids.',
      );
    }
    vocabulary.set(token, id);
  }
  if (vocabulary.size > 0) return vocabulary;
  throw new TokenizerError('vocab.txt: expected a token a line, got none. Check that the file is complete.');
}

/** Writes the `vocab.txt` of a WordPiece tokenizer. */
export function tokenizerToVocabularyLines(tokenizer: Tokenizer): string {
  const { vocab } = modelOf(tokenizer, 'WordPiece');
  const lines: string[] = [];
  for (const [token, id] of [...Object.entries(vocab), ...tokenizer.addedTokens.map(entryOf)])
    lines[id] = token;
  const hole = Array.from(lines).indexOf(undefined!);
  const broken = hole < 0 ? lines.findIndex((token) => token.includes('\n')) : hole;
  if (broken < 0) return lines.map((token) => `${token}\n`).join('');
  throw new TokenizerError(
    `vocab.txt: expected a token without a line feed for every id, got ${show(lines[broken])} for ${broken}. ` +
      'Save a tokenizer.json instead.',
  );
}

function entryOf({ content, id }: { readonly content: string; readonly id: number }): [string, number] {
  return [content, id];
}
