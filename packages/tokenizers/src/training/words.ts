import type { TrainingProgress } from './options.ts';
import type { Pause } from './pause.ts';
import { forEachText, type Texts } from './texts.ts';
import { WordTable } from './word-table.ts';

/** Gives every word of a text to `visit`. */
type WordSplitter = (text: string, visit: (word: string) => void) => void;

export interface CountWordsOptions {
  readonly split: WordSplitter;
  readonly pause: Pause;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
}

/** Counts the distinct words of a stream of texts. */
export async function countWords(texts: Texts, options: CountWordsOptions): Promise<WordTable> {
  const { split, pause, onProgress } = options;
  const table = new WordTable();
  const encoder = new TextEncoder();
  let buffer = new Uint8Array(1 << 10);
  const visit = (word: string): void => {
    if (buffer.length < word.length * 3) buffer = new Uint8Array(word.length * 6);
    const { written } = encoder.encodeInto(word, buffer);
    if (written > 0) table.add(buffer, 0, written, hashOf(buffer, written));
  };
  let read = 0;
  await forEachText(texts, (text) => {
    split(text, visit);
    read++;
    if (!pause.due) return undefined;
    onProgress?.({ stage: 'reading', texts: read, words: table.size });
    return pause.take();
  });
  onProgress?.({ stage: 'reading', texts: read, words: table.size });
  return table;
}

/** FNV-1a, 32 bits. */
function hashOf(bytes: Uint8Array, length: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash;
}

/** Distinct words as code points, with a count each: word w is `codePoints[starts[w] … starts[w + 1])`. */
export interface CharacterWords {
  readonly codePoints: Int32Array;
  readonly starts: Int32Array;
  readonly counts: Float64Array;
}

export function charactersOf(table: WordTable): CharacterWords {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const codePoints = new Int32Array(table.bytes); // as many as bytes, at the most
  const starts = new Int32Array(table.size + 1);
  const counts = new Float64Array(table.size);
  let length = 0;
  let word = 0;
  table.forEach((bytes, start, end, count) => {
    const text = decoder.decode(bytes.subarray(start, end));
    counts[word] = count;
    for (let at = 0; at < text.length; ) {
      const codePoint = text.codePointAt(at)!;
      codePoints[length++] = codePoint;
      at += codePoint > 0xffff ? 2 : 1;
    }
    starts[++word] = length;
  });
  return { codePoints: codePoints.subarray(0, length), starts, counts };
}
