import { show, TokenizerError } from '../errors.ts';
import { checkSpecialTokens } from './special-tokens.ts';

/** How far a training is: first every text is read, then merges are learned, or pieces are given up. */
export type TrainingProgress =
  | { readonly stage: 'reading'; readonly texts: number; readonly words: number }
  | { readonly stage: 'merging'; readonly merges: number; readonly total: number }
  | { readonly stage: 'pruning'; readonly pieces: number; readonly total: number };

/** What every training takes. */
export interface TrainingOptions {
  /** Ids to use up, those of the special tokens included. A small text may not fill them. */
  readonly vocabularySize: number;
  /** Called now and then, and at the end of each stage. */
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Stops the training; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The other parts of the tokenizer that is made, each as a `tokenizer.json` spells it; `null` for none. */
export interface PipelineOptions {
  readonly normalizer?: object | null;
  readonly preTokenizer?: object | null;
  readonly postProcessor?: object | null;
  readonly decoder?: object | null;
}

/** Checks options before a training that may take minutes. */
export function checkTraining(options: {
  readonly vocabularySize: number;
  /** The smallest size that makes sense, and what takes it. */
  readonly least: number;
  readonly leastIs: string;
  readonly minFrequency?: number;
  readonly specialTokens: readonly string[];
}): void {
  const { vocabularySize, least, leastIs, minFrequency = 1, specialTokens } = options;
  if (!Number.isInteger(vocabularySize) || vocabularySize < least) {
    throw new TokenizerError(
      `vocabularySize: expected an integer of at least ${least} (${leastIs}), got ${show(vocabularySize)}. ` +
        'Ask for more ids, or for fewer special tokens.',
    );
  }
  if (!Number.isInteger(minFrequency) || minFrequency < 1) {
    throw new TokenizerError(
      `minFrequency: expected an integer of at least 1, got ${show(minFrequency)}. Leave it out for the default.`,
    );
  }
  checkSpecialTokens(specialTokens);
}

/** Special tokens with the unknown one among them: in front where nobody put it elsewhere. */
export function withUnknown(
  specialTokens: readonly string[],
  unknownToken: string | null,
): readonly string[] {
  return unknownToken === null || specialTokens.includes(unknownToken)
    ? specialTokens
    : [unknownToken, ...specialTokens];
}
