// Text to measure on: English and code from what is installed, Chinese and more English from the shared data where they are.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const SHARED: string = process.env['TENON_SHARED'] ?? resolve(ROOT, '../shared');
const TEXT = new Set(['.txt', '.tsv', '.json', '.csv', '.jsonl']);
const CODE = new Set(['.ts', '.js', '.mjs']);
const LARGEST_FILE = 300_000;
/** Characters of a document. */
const DOCUMENT = 8000;

export interface Corpus {
  readonly text: string;
  /** Where it came from, for the report. */
  readonly sources: string;
}

/** At most so many bytes of text that no contestant has seen: English, Chinese, Markdown and code. */
export function corpus(bytes: number): Corpus {
  const data = join(SHARED, 'data');
  const parts = existsSync(data)
    ? [...filesIn(data)].filter((file) => TEXT.has(extname(file)) && !/vocab|INDEX|ORIGIN/.test(file))
    : [];
  const installed = [...filesIn(join(ROOT, 'node_modules'))].filter(
    (file) => statSync(file).size < LARGEST_FILE,
  );
  const groups = [
    parts,
    installed.filter((file) => extname(file) === '.md'),
    installed.filter((file) => CODE.has(extname(file))),
  ].filter((group) => group.length > 0);
  const share = bytes / groups.length;
  const texts: string[] = [];
  let missing = bytes;
  for (const [i, group] of groups.entries()) {
    let left = i === groups.length - 1 ? missing : Math.min(share, missing);
    for (const file of group) {
      if (left <= 0) break;
      const content = readFileSync(file).subarray(0, left);
      left -= content.length;
      missing -= content.length;
      texts.push(content.toString('utf8'));
    }
  }
  const sources = `${parts.length > 0 ? 'half or a third from ../shared/data, ' : ''}Markdown and code of node_modules`;
  return { text: texts.join('\n'), sources };
}

/** Documents of some thousand characters, shuffled always in the same way. */
export function documentsOf(text: string): string[] {
  const documents: string[] = [];
  for (let at = 0; at < text.length; at += DOCUMENT) {
    documents.push(text.slice(at, at + DOCUMENT).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, ''));
  }
  let state = 1;
  for (let i = documents.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [documents[i], documents[j]] = [documents[j]!, documents[i]!];
  }
  return documents;
}

/** Inputs on which a careless merge loop takes quadratic time. */
export function pathological(): Record<string, string> {
  const size = 100_000;
  const random = (alphabet: string, length: number): string => {
    let state = 7;
    return Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return alphabet[(state >>> 8) % alphabet.length]!;
    }).join('');
  };
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const chinese = Array.from({ length: 2000 }, (_, i) => String.fromCharCode(0x4e00 + i * 7)).join('');
  return {
    'equal letters': 'a'.repeat(size),
    blanks: ' '.repeat(size),
    'line feeds': '\n'.repeat(size),
    'random letters': random(letters, size),
    Chinese: random(chinese, size),
    'base64, 1 MB': random(`${letters}${letters.toUpperCase()}0123456789+/`, 1_000_000),
  };
}

function* filesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (entry.isFile()) yield path;
  }
}
