import { assertWhole, type Backbone, TenonError } from '@tenon/core';
import { nextFrame } from '@tensorflow/tfjs-core';
import { mostLikely, type SamplingOptions, samplingChooser, type TokenChooser } from './choose-token.ts';
import { NextLogits, type Sequence } from './next-logits.ts';

interface CommonOptions {
  /** @default 50 */
  readonly maxNewTokens?: number;
  /** End a sequence. They are not part of what comes back. */
  readonly stopTokens?: readonly number[];
  /** Gets each token as soon as it is known, with its sequence's number in the batch. It is waited for. */
  readonly onToken?: (token: number, sequence: number) => void | Promise<void>;
  /** Stops before the next token; what was generated comes back. */
  readonly signal?: AbortSignal;
}

/** Always the most likely token, or a draw from the probabilities. */
export type GenerateOptions = CommonOptions & ({ readonly greedy: true } | SamplingOptions);

export interface Generated {
  /** The new tokens, without the prompt. */
  readonly tokens: number[];
  /** A stop token came, `maxNewTokens` were made, or the signal was aborted. */
  readonly stopped: 'stopToken' | 'length' | 'aborted';
}

/**
 * Goes on with a text, token by token.
 *
 * Texts in a batch may be of different lengths: each comes out as it would alone, with the random numbers
 * of its place. A draw depends on seed, place in the batch and number of the token, and on nothing else.
 *
 * A text that outgrows the backbone's context goes on from the last half of the context.
 *
 * @param backbone with vocabulary scores; with `initialState` each token is encoded once, without it the
 *   whole text for every token.
 * @param prompt token ids of a text, at least one
 * @throws {TenonError} about an empty prompt, an option out of its range, a backbone without vocabulary scores,
 *   and scores that are NaN.
 * @example
 * ```ts
 * import { RandomStream } from '@tenon/core';
 * import { useBackend } from '@tenon/core/backend';
 * import { generate } from '@tenon/generation';
 * import { gpt2, gpt2Small } from '@tenon/models';
 *
 * await useBackend();
 * using model = gpt2({ ...gpt2Small, vocabularySize: 100, contextLength: 32, hiddenSize: 16, layers: 1, heads: 2 });
 * const { tokens } = await generate(model, [1, 2, 3], { maxNewTokens: 5, temperature: 0.8, topK: 20, seed: 7 });
 * console.log(tokens.length); // 5
 * ```
 */
export async function generate(
  backbone: Backbone,
  prompt: ArrayLike<number>,
  options?: GenerateOptions,
): Promise<Generated>;
export async function generate(
  backbone: Backbone,
  prompts: readonly ArrayLike<number>[],
  options?: GenerateOptions,
): Promise<Generated[]>;
export async function generate(
  backbone: Backbone,
  prompts: ArrayLike<number> | readonly ArrayLike<number>[],
  options: GenerateOptions = {},
): Promise<Generated | Generated[]> {
  if (isBatch(prompts)) return await generateBatch(backbone, prompts, options);
  return (await generateBatch(backbone, [prompts], options))[0]!;
}

async function generateBatch(
  backbone: Backbone,
  prompts: readonly ArrayLike<number>[],
  options: GenerateOptions,
): Promise<Generated[]> {
  const { maxNewTokens = 50, stopTokens = [], onToken, signal } = options;
  assertWhole('maxNewTokens', maxNewTokens);
  for (const [b, prompt] of prompts.entries()) assertPrompt(prompt, b);
  const choose: TokenChooser = options.greedy === true ? mostLikely : samplingChooser(options);
  const texts = prompts.map((prompt) => new Text(prompt));
  using logits = new NextLogits(backbone, texts);

  for (let index = 0; index < maxNewTokens && texts.some((text) => !text.finished); index++) {
    if (signal?.aborted) break;
    const rows = await logits.next(maxNewTokens - index - 1);
    for (const [sequence, text] of texts.entries()) {
      if (text.finished) continue;
      const token = choose(rows[sequence]!, { index, sequence });
      if (stopTokens.includes(token)) text.finished = true;
      else {
        text.tokens.push(token);
        await onToken?.(token, sequence);
      }
    }
    await nextFrame(); // the backends compute synchronously: signals and timers need their turn
  }
  return texts.map((text) => ({
    tokens: text.tokens.slice(text.promptLength),
    stopped: text.finished ? 'stopToken' : signal?.aborted ? 'aborted' : 'length',
  }));
}

class Text implements Sequence {
  readonly tokens: number[];
  readonly promptLength: number;
  finished = false;

  constructor(prompt: ArrayLike<number>) {
    this.tokens = Array.from(prompt);
    this.promptLength = prompt.length;
  }
}

function isBatch(
  prompts: ArrayLike<number> | readonly ArrayLike<number>[],
): prompts is readonly ArrayLike<number>[] {
  return typeof prompts[0] === 'object';
}

function assertPrompt(prompt: ArrayLike<number>, sequence: number): void {
  if (prompt.length > 0) return;
  throw new TenonError({
    subject: `prompt ${sequence}`,
    expected: 'at least one token',
    got: 'none',
    advice: "Start with the model's beginning-of-text token.",
  });
}
