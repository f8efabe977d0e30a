import { readFileSync } from 'node:fs';
import { TenonError } from '@tenon/core';
import { ByteLevelBPETokenizer } from '@tenon/tokenizers';
import { trainByteLevelBPE } from '@tenon/tokenizers/training';
import type { Settings } from './options.ts';
import type { Run } from './run-folder.ts';
import type { Text } from './text.ts';

/** Ends every text of the training data, so that a model knows when to stop. */
export const END_OF_TEXT = '<|endoftext|>';

/** The vocabulary of a run that is gone on with, else one that is learned from the training part. */
export async function vocabulary(run: Run, text: Text): Promise<ByteLevelBPETokenizer> {
  if (run.resumed && run.has('tokenizer')) return loadVocabulary(run.path('tokenizer'));
  return await trainByteLevelBPE(text.train, {
    vocabularySize: run.settings.vocabulary,
    specialTokens: [END_OF_TEXT],
  });
}

/** @throws {TenonError} when there is none, or one of another kind. */
export function loadVocabulary(file: string): ByteLevelBPETokenizer {
  try {
    return ByteLevelBPETokenizer.fromJSON(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new TenonError(
      {
        subject: file,
        expected: 'the byte-BPE vocabulary that a run has written',
        got: (error as Error).message.replace(/\.$/, ''),
        advice: 'Check --out FOLDER, or train anew.',
      },
      { cause: error },
    );
  }
}

export interface Tokens {
  readonly train: Int32Array;
  /** The first token, and after it whole windows: each of those tokens is predicted once. */
  readonly validation: Int32Array;
  /** Sequences an evaluation step. */
  readonly evaluationBatch: number;
  /** Bytes of text a validation token stands for. */
  readonly bytesPerToken: number;
}

/** More would make evaluations take longer and hardly change what they say. */
const MOST_EVALUATED = 2 ** 15;

/** @throws {TenonError} when the text is too short for the context. */
export function tokenize(
  text: Text,
  tokenizer: ByteLevelBPETokenizer,
  { data, context, batch }: Settings,
): Tokens {
  const encode = (documents: readonly string[]): Int32Array =>
    tokenizer.encodeIds(documents.map((document) => document + END_OF_TEXT).join(''), {
      allowedSpecial: [END_OF_TEXT],
    });
  const train = encode(text.train);
  const all = encode(text.validation);
  // A window of T tokens needs T + 1: each token and the one that follows it.
  const longest = Math.min(train.length, all.length) - 1;
  if (longest < Math.min(context, LEAST_CONTEXT)) {
    throw new TenonError({
      subject: `--data ${data}`,
      expected: 'at least a few hundred words, of which a twentieth is kept for validation',
      got: `${train.length + all.length} tokens`,
      advice: 'Choose a longer text; some hundred kilobytes are enough to see a model learn.',
    });
  }
  if (longest < context) {
    throw new TenonError({
      subject: `--context ${context}`,
      expected: `at most ${longest}: the text has ${train.length} tokens to learn from and ${all.length} kept for validation`,
      got: String(context),
      advice: 'Choose a longer text, or a shorter --context.',
    });
  }
  const windows = Math.floor(Math.min(all.length - 1, MOST_EVALUATED) / context) || 1;
  const evaluationBatch = Math.min(batch, windows);
  const validation = all.slice(0, (windows - (windows % evaluationBatch)) * context + 1);
  const evaluated = tokenizer.decode(validation.subarray(1), { skipSpecialTokens: true });
  const bytesPerToken = Buffer.byteLength(evaluated) / (validation.length - 1);
  return { train, validation, evaluationBatch, bytesPerToken };
}

/** A text that cannot fill even this many tokens is the wrong file rather than a wrong context. */
const LEAST_CONTEXT = 8;
