import { appendFileSync } from 'node:fs';
import type { Backbone } from '@tenon/core';
import { generate } from '@tenon/generation';
import type { Tokenizer } from '@tenon/tokenizers';
import type { TrainerCallback } from '@tenon/trainers';
import type { SampleLine } from './report/metrics.ts';
import { END_OF_TEXT } from './tokens.ts';

export interface WritingOptions {
  readonly prompt: string;
  readonly tokens: number;
  readonly temperature: number;
  readonly topK: number;
  readonly seed: number;
  /** Gets the text piece by piece, the prompt first. */
  readonly onText?: (piece: string) => void;
  readonly signal?: AbortSignal;
}

/** Without what would upset a terminal: an untrained model writes any byte. */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n\r\t]/gu, '·');
}

/** Broken into lines here, since a terminal with a progress bar cuts long ones off. */
function indented(text: string, width: number): string {
  const fitting = new RegExp(`(.{1,${Math.max(width - 4, 20)}})( |$)`, 'g');
  return text.replace(fitting, '  $1\n').trimEnd();
}

/** Goes on with a prompt until the text ends or is long enough, and gives both together. */
export async function write(model: Backbone, tokenizer: Tokenizer, options: WritingOptions): Promise<string> {
  const { prompt, tokens, temperature, topK, seed, onText, signal } = options;
  const decoder = tokenizer.createDecoder({ skipSpecialTokens: true });
  let text = '';
  const add = (piece: string): void => {
    text += piece;
    onText?.(piece);
  };
  add(prompt);
  await generate(model, tokenizer.encodeIds(prompt), {
    maxNewTokens: tokens,
    stopTokens: [tokenizer.tokenToId(END_OF_TEXT)!],
    // A temperature of 0 is the limit in which the likeliest token has all the probability.
    ...(temperature === 0 ? { greedy: true as const } : { temperature, topK, seed }),
    onToken: (token) => add(decoder.push(token)),
    ...(signal && { signal }),
  });
  add(decoder.flush());
  return text;
}

export interface SamplesOptions extends Pick<WritingOptions, 'prompt' | 'seed'> {
  readonly model: Backbone;
  readonly tokenizer: Tokenizer;
  /** `metrics.jsonl`, where each sample becomes a line. */
  readonly file: string;
  readonly steps: number;
  readonly print: (text: string) => void;
}

/** A callback that lets the model write a little at each evaluation: before, during and after the training. */
export function samples(options: SamplesOptions): TrainerCallback {
  const { model, tokenizer, file, steps, prompt, seed, print } = options;
  return {
    async onEvaluate({ step }) {
      const text = await write(model, tokenizer, { prompt, seed, tokens: 48, temperature: 0.7, topK: 50 });
      const record: SampleLine = { type: 'sample', step, text };
      appendFileSync(file, `${JSON.stringify(record)}\n`);
      const moment = step === 0 ? 'before' : step === steps ? 'after' : `at step ${step}`;
      const line = printable(text.trim().replace(/\s*\n\s*/g, ' / '));
      print(indented(`${moment}: ${line}`, process.stdout.columns ?? 100));
    },
  };
}
