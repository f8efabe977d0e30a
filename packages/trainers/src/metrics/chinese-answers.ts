// How CMRC 2018's official evaluation compares texts, save that it cuts what is not Chinese with NLTK: here it is cut into
// numbers, words and signs.
import type { AnswerMatch } from './answer-match.ts';

const PUNCTUATION = /[-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』]/gu;
const PIECE = /[\u4e00-\u9fa5]|\d+(?:[.,]\d+)*|(?:(?![\u4e00-\u9fa5])[\p{L}\p{M}\p{N}])+|\S/gu;

/** A text as CMRC 2018 compares it: in lower case, without punctuation. */
export function normalizeChinese(text: string): string {
  return text.toLowerCase().trim().replace(PUNCTUATION, '');
}

/** Of ideographs and words: precision and recall of the longest run that both texts have. */
export function chineseMatch(answer: string, prediction: string): AnswerMatch {
  const [gold, got] = [normalizeChinese(answer), normalizeChinese(prediction)];
  const exact = Number(gold === got);
  const [a, b] = [gold.match(PIECE) ?? [], got.match(PIECE) ?? []];
  if (a.length === 0 || b.length === 0) return { exact, f1: exact };
  return { exact, f1: (2 * longestCommonRun(a, b)) / (a.length + b.length) };
}

/** How many pieces the longest run has that is in both lists. */
function longestCommonRun(a: readonly string[], b: readonly string[]): number {
  let longest = 0;
  let above = new Array<number>(b.length + 1).fill(0); // the run that ends with each piece of b and the one before of a
  for (const piece of a) {
    const row = new Array<number>(b.length + 1).fill(0);
    for (let j = 0; j < b.length; j++) {
      if (b[j] !== piece) continue;
      row[j + 1] = above[j]! + 1;
      longest = Math.max(longest, row[j + 1]!);
    }
    above = row;
  }
  return longest;
}
