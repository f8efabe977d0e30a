import { readNormalizer } from '../json/normalizer.ts';
import { readPreTokenizer } from '../json/pre-tokenizer.ts';
import { wellFormed } from '../unicode/walk.ts';
import { AlignedText } from './aligned-text.ts';

/**
 * Makes what cuts texts into the words that a pipeline's model sees: for training the model of that pipeline.
 *
 * @param normalizer the section of a tokenizer.json, `null` for none
 * @param preTokenizer the section of a tokenizer.json; `null` makes one word of each text
 */
export function wordCutter(
  normalizer: object | null,
  preTokenizer: object | null,
): (text: string, visit: (word: string) => void) => void {
  const normalize = normalizer === null ? undefined : readNormalizer(normalizer, 'normalizer');
  const cut = preTokenizer === null ? undefined : readPreTokenizer(preTokenizer, 'pre_tokenizer');
  return (text, visit) => {
    const raw = new AlignedText(wellFormed(text), false, 0);
    const source = normalize === undefined ? raw : normalize(raw);
    const whole = { source, bounds: source.text === '' ? [] : [0, source.text.length] };
    const { source: words, bounds } = cut === undefined ? whole : cut(whole);
    for (let i = 0; i < bounds.length; i += 2) visit(words.text.slice(bounds[i]!, bounds[i + 1]!));
  };
}
