// B sequences, T tokens of one pass, C channels, V vocabulary.

import { type Backbone, type RecurrentState, type Scorer, TenonError } from '@tenon/core';
import { reshape, slice, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs-core';

/** A text while it grows. */
export interface Sequence {
  readonly tokens: number[];
  /** It takes part in passes only as padding. */
  finished: boolean;
}

/** Shapes are rounded up to this, so that prompts of all lengths share a few recorded graphs. */
const BUCKET = 32;

const toBucket = (size: number): number => Math.ceil(size / BUCKET) * BUCKET;

/**
 * Scores of the token that comes next in each of B sequences, which grow by one token from one call to the
 * next. Keeps keys and values where the backbone has a state for them.
 *
 * A sequence that outgrows the context goes on from its last half, encoded anew: positions are absolute,
 * so that keys and values cannot be moved.
 */
export class NextLogits {
  readonly #backbone: Backbone;
  readonly #scorer: Scorer;
  readonly #sequences: readonly Sequence[];
  /** Where each sequence's window starts. */
  readonly #starts: number[];
  readonly #context: number;
  #state: RecurrentState | undefined;

  constructor(backbone: Backbone, sequences: readonly Sequence[]) {
    if (backbone.scorer === undefined) {
      throw new TenonError({
        subject: 'generate',
        expected: 'a backbone with vocabulary scores',
        got: 'one without a scorer',
        advice: 'Use a language model, GPT-2 for instance.',
      });
    }
    this.#backbone = backbone;
    this.#scorer = backbone.scorer;
    this.#sequences = sequences;
    this.#starts = sequences.map(() => 0);
    this.#context = backbone.contextLength ?? Number.POSITIVE_INFINITY;
  }

  /**
   * @param more tokens that may still be generated after this one
   * @returns a row [V] for each sequence
   */
  async next(more: number): Promise<Float32Array[]> {
    const slid = this.#slide();
    const logits =
      this.#state === undefined || slid ? this.#encodeWindows(more) : this.#encodeLastTokens(this.#state);
    const values = (await logits.data()) as Float32Array;
    logits.dispose();
    if (values.some(Number.isNaN)) throw notNumbers();
    const [batch, vocabulary] = logits.shape;
    return Array.from({ length: batch }, (_, row) =>
      values.subarray(row * vocabulary, (row + 1) * vocabulary),
    );
  }

  dispose(): void {
    this.#state?.dispose();
    this.#state = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Whether a window had to be moved. */
  #slide(): boolean {
    let slid = false;
    this.#sequences.forEach(({ tokens, finished }, row) => {
      if (finished || tokens.length - this.#starts[row]! <= this.#context) return;
      this.#starts[row] = tokens.length - Math.max(1, Math.floor(this.#context / 2));
      slid = true;
    });
    return slid;
  }

  /** All tokens in the windows, padded on the left. */
  #encodeWindows(more: number): Tensor2D {
    this.dispose();
    const windows = this.#sequences.map(({ tokens, finished }, row) =>
      finished ? [] : tokens.slice(this.#starts[row]),
    );
    const lengths = windows.map((window) => window.length).filter((length) => length > 0);
    const time = Math.min(toBucket(Math.max(...lengths)), this.#context);
    // The longest may come to its end early: there has to be room for the shortest one to grow.
    const growth = Math.min(more, this.#context - Math.min(...lengths));
    if (more > 0) this.#state = this.#backbone.initialState?.(windows.length, toBucket(time + growth));
    const positions = windows.map(() => 0);
    return this.#encode(windows, time, positions, this.#state);
  }

  #encodeLastTokens(state: RecurrentState): Tensor2D {
    const last = this.#sequences.map(({ tokens, finished }) => (finished ? [] : tokens.slice(-1)));
    const positions = this.#sequences.map(({ tokens }, row) => tokens.length - this.#starts[row]! - 1);
    return this.#encode(last, 1, positions, state);
  }

  /**
   * @param rows token ids, at most `time` each; padded on the left
   * @param firstPositions of each row's first token
   * @returns the scores after the last token of each row, [B, V]
   */
  #encode(
    rows: readonly number[][],
    time: number,
    firstPositions: readonly number[],
    state: RecurrentState | undefined,
  ): Tensor2D {
    const shape: [number, number] = [rows.length, time];
    const ids = new Int32Array(rows.length * time);
    const mask = new Int32Array(ids.length);
    const positions = new Int32Array(ids.length);
    rows.forEach((row, b) => {
      const end = (b + 1) * time;
      const begin = end - row.length;
      ids.set(row, begin);
      mask.fill(1, begin, end);
      for (let i = 0; i < row.length; i++) positions[begin + i] = firstPositions[b]! + i;
    });
    return tidy(() => {
      const input = {
        inputIds: tensor2d(ids, shape, 'int32'),
        attentionMask: tensor2d(mask, shape, 'int32'),
        positionIds: tensor2d(positions, shape, 'int32'),
      };
      const { lastHidden } = this.#backbone.encode(input, state === undefined ? {} : { state });
      const [batch, length, channels] = lastHidden.shape;
      const last = slice(lastHidden, [0, length - 1, 0], [batch, 1, channels]);
      return this.#scorer.logits(reshape(last, [batch, channels])) as Tensor2D;
    });
  }
}

function notNumbers(): TenonError {
  return new TenonError({
    subject: 'scores of the next token',
    expected: 'numbers',
    got: 'NaN',
    advice: 'The weights of the model are broken: load a checkpoint from before its loss turned NaN.',
  });
}
