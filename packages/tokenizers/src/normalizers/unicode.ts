import { type AlignedText, type Normalizer, Rewriter } from '../pipeline/aligned-text.ts';
import { type NormalForm, normalForm } from '../unicode/frozen.ts';
import { charactersOf } from '../unicode/range-list.ts';
import { isAscii } from '../unicode/walk.ts';

/**
 * A character and what may compose with it: marks, the vowels and finals of Hangul, and the vowels of Kirat Rai,
 * which are letters.
 */
const clusters = (): RegExp =>
  new RegExp(`[^][${charactersOf('MC')}\\u1160-\\u11ff\\u{16d63}-\\u{16d6a}]*`, 'gu');

/** Unicode's normal forms (UAX #15). */
export function unicodeNormalizer(form: NormalForm): Normalizer {
  return (source) => {
    if (isAscii(source.text)) return source;
    const normalized = normalForm(source.text, form);
    if (normalized === source.text) return source;
    return source.tracked ? normalizeClusters(source, form) : source.replacedBy(normalized);
  };
}

/** Cluster by cluster, since nothing composes or changes places across two. */
function normalizeClusters(source: AlignedText, form: NormalForm): AlignedText {
  const out = new Rewriter(source);
  let kept = 0;
  for (const { 0: cluster, index } of source.text.matchAll(clusters())) {
    const normalized = normalForm(cluster, form);
    if (normalized === cluster) continue;
    out.keep(kept, index);
    alignCluster(cluster, index, normalized, form, out);
    kept = index + cluster.length;
  }
  out.keep(kept, source.text.length);
  return out.finish();
}

/**
 * Gives each new character the place of the first old one that it has a part of: an accent that was cut off its
 * letter lies where the letter was, and a letter that took in its accent lies where the bare letter was.
 */
function alignCluster(
  cluster: string,
  index: number,
  normalized: string,
  form: NormalForm,
  out: Rewriter,
): void {
  const fully = form === 'NFC' || form === 'NFD' ? 'NFD' : 'NFKD';
  const origins: number[] = []; // for each part, the old character it came from
  const characters = [...cluster];
  for (const [i, character] of characters.entries()) {
    for (const _ of normalForm(character, fully)) origins.push(i);
  }
  const starts = [index];
  for (const character of characters) starts.push(starts.at(-1)! + character.length);
  let part = 0;
  for (const character of normalized) {
    const origin = origins[Math.min(part, origins.length - 1)]!;
    out.put(character, starts[origin]!, starts[origin + 1]!);
    part += [...normalForm(character, fully)].length;
  }
}
