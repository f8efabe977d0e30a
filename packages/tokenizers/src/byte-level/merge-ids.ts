import { PairTable } from '../bpe/pair-table.ts';
import { lineAfter, mergesStart } from './files.ts';
import { HASH_PRIME, HASH_START } from './scanner.ts';
import { TokenIndex } from './token-index.ts';

const BLANK = 0x20;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The merges of a `merges.txt` as ids, straight from its text: a hundred thousand strings less than by way of
 * `readMergesFile` and `mergeTable`, which is most of the time that loading takes. Says `undefined` for a file that
 * does not fit the vocabulary: those two know why.
 *
 * @param tokens the vocabulary by id
 */
export function readMergeIds(text: string, tokens: readonly (string | undefined)[]): PairTable | undefined {
  const index = new TokenIndex(tokens);
  const pairs = new PairTable(tokens.length);
  let at = mergesStart(text);
  while (at < text.length) {
    const start = at;
    let leftHash = HASH_START;
    let unit = text.charCodeAt(at);
    for (; unit !== BLANK; unit = text.charCodeAt(++at)) {
      if (unit === LINE_FEED || at >= text.length) return undefined;
      leftHash = Math.imul(leftHash ^ unit, HASH_PRIME);
    }
    const blank = at++;
    const next = lineAfter(text, at);
    let end = text.charCodeAt(next - 1) === LINE_FEED ? next - 1 : next;
    if (text.charCodeAt(end - 1) === CARRIAGE_RETURN) end--;
    let rightHash = HASH_START;
    let hash = leftHash;
    for (; at < end; at++) {
      unit = text.charCodeAt(at);
      if (unit === BLANK) return undefined;
      rightHash = Math.imul(rightHash ^ unit, HASH_PRIME);
      hash = Math.imul(hash ^ unit, HASH_PRIME);
    }
    const left = index.find(text, start, blank, end, end, leftHash);
    const right = index.find(text, blank + 1, end, end, end, rightHash);
    const merged = index.find(text, start, blank, blank + 1, end, hash);
    if (left < 0 || right < 0 || merged < 0 || pairs.full || !pairs.add(left, right, merged))
      return undefined;
    at = next;
  }
  return pairs;
}
