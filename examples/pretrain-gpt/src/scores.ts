import type { TrainResult } from '@tenon/trainers';
import { NGramModel } from './ngram.ts';
import type { Baseline } from './report/report.ts';
import type { Tokens } from './tokens.ts';

/** As many tokens are in memory at once without trouble. */
const MOST_COUNTED = 2_000_000;
const ORDER = 4;

/** What an n-gram model that learned the same tokens makes of the same validation tokens. */
export function ngramBaseline({ train, validation }: Tokens, vocabularySize: number): Baseline {
  const model = new NGramModel(train.subarray(0, MOST_COUNTED), vocabularySize, ORDER);
  const part = train.length > MOST_COUNTED ? ` of ${MOST_COUNTED / 1e6} M tokens` : '';
  return { name: `${ORDER}-gram, Kneser-Ney${part}`, loss: model.loss(validation) };
}

/** From nats a token to bits a byte, which do not depend on the vocabulary. */
export function bitsPerByte({ bytesPerToken }: Tokens): (loss: number) => number {
  return (loss) => loss / Math.LN2 / bytesPerToken;
}

/** The model beside the baseline, as lines of text. */
export function scoreLines(
  evaluation: NonNullable<TrainResult['evaluation']>,
  baseline: Baseline,
  tokens: Tokens,
): string {
  const toBits = bitsPerByte(tokens);
  const row = (name: string, ...cells: string[]): string =>
    name.padEnd(24) + cells.map((cell) => cell.padStart(12)).join('');
  const scores = ({ name, loss }: Baseline): string =>
    row(name, loss.toFixed(3), Math.exp(loss).toFixed(2), toBits(loss).toFixed(3));
  return [
    row('validation', 'nats/token', 'perplexity', 'bits/byte'),
    scores({ name: 'this model', loss: evaluation.loss }),
    scores(baseline),
  ].join('\n');
}
