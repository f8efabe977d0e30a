// B questions, K choices, T time, C channels, V vocabulary.

import {
  type Backbone,
  type Encoded,
  type EncodeOptions,
  Module,
  type Objective,
  type ObjectiveValue,
  type Scorer,
  type StepContext,
  type TaskModel,
} from '@tenon/core';
import { dropout, type Linear } from '@tenon/layers';
import {
  add,
  mul,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tidy,
} from '@tensorflow/tfjs-core';
import { assertCoefficient } from './auxiliary-lm.ts';
import { DROPOUT, type DropoutHeadOptions, projection } from './head-options.ts';
import { rowsCrossEntropy } from './label-loss.ts';
import { type ChoiceInput, scoresOfChoices } from './multiple-choice.ts';
import { followingTokens, meanNextTokenLoss, scorerOf } from './next-token.ts';
import { pool } from './pool.ts';
import { withLogits } from './with-logits.ts';

export interface DoubleHeadsBatch extends ChoiceInput {
  /** int32 [B]: the right choice of each question; −100 does not count. */
  readonly labels: Tensor1D;
  /** int32 [B·K, T]: the input ids again, −100 where a token is not to be predicted. */
  readonly lmLabels: Tensor2D;
}

export interface DoubleHeadsOptions extends DropoutHeadOptions {
  /** What the language model's loss counts beside the choices' (the paper's λ). @default 0.5 */
  readonly lmCoefficient?: number;
}

/** (A type and not an interface, so that `tf.dispose` and `tf.tidy` take it.) */
export type DoubleHeadsLogits = {
  /** [B·K, T, V] */
  readonly lm: Tensor3D;
  /** [B, K] */
  readonly choices: Tensor2D;
};

/**
 * GPT's fine-tuning for multiple choice (Radford et al. 2018, section 3.2): each text is scored by its extract token,
 * and a language model learns along.
 *
 * Take it for checkpoints that transformers is to read or has written (`OpenAIGPTDoubleHeadsModel`,
 * `GPT2DoubleHeadsModel`). Else take `MultipleChoice` with `lmCoefficient: 0.5`: it is the paper's, where each text counts
 * alike in the language model's loss, and here each token does.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor1d } from '@tensorflow/tfjs-core';
 * import { gptBatch, gptChoiceRows } from '@tenon/data';
 * import { DoubleHeads } from '@tenon/heads';
 * import { gpt, gptBase } from '@tenon/models';
 *
 * using model = new DoubleHeads(gpt({ ...gptBase, vocabularySize: 100, hiddenSize: 32, layers: 2, heads: 4 }));
 * const tokens = { start: 97, delimiter: 98, extract: 99 };
 * const rows = gptChoiceRows([5, 17, 3], [[8], [2, 61]], { tokens });
 * const batch = { ...gptBatch(rows), choices: 2, labels: tensor1d([1], 'int32') };
 * const { parts } = model.loss(batch, { training: false });
 * console.log(parts?.['choices']?.dataSync()[0]); // near ln 2
 * console.log(parts?.['lm']?.dataSync()[0]); // near ln 100
 * ```
 */
export class DoubleHeads extends Module implements TaskModel, Objective<DoubleHeadsBatch> {
  static readonly task: 'doubleHeads' = 'doubleHeads';
  readonly task: 'doubleHeads' = DoubleHeads.task;
  readonly backbone: Backbone;
  /** One score for each row. */
  readonly classifier: Linear;
  readonly lmCoefficient: number;
  readonly #scorer: Scorer;
  readonly #dropout: number;

  /** @throws {TenonError} when the backbone has no vocabulary scores, and about a coefficient below 0. */
  constructor(backbone: Backbone, options: DoubleHeadsOptions = {}) {
    super();
    this.#scorer = scorerOf('DoubleHeads', backbone);
    this.backbone = backbone;
    this.classifier = projection(backbone, 1, options);
    this.lmCoefficient = options.lmCoefficient ?? 0.5;
    assertCoefficient('DoubleHeads', this.lmCoefficient);
    this.#dropout = options.dropout ?? backbone.headDefaults?.dropout ?? DROPOUT;
  }

  /** Scores of the next token after each token, and of the choices. @throws {TenonError} as `MultipleChoice` does. */
  logits(input: ChoiceInput, options: EncodeOptions = {}): DoubleHeadsLogits {
    return tidy(() => {
      const encoded = this.backbone.encode(input, options);
      const lm = this.#scorer.logits(encoded.lastHidden) as Tensor3D;
      return { lm, choices: this.#choices(encoded, input, options) };
    });
  }

  /**
   * −log p of the right choices and λ times the language model's; the parts `choices` and `lm`, each the mean over
   * what counts.
   *
   * @throws {TenonError} about labels of another shape or beyond the choices.
   */
  loss(batch: DoubleHeadsBatch, context: StepContext): ObjectiveValue {
    return tidy(() => {
      const { labels, lmLabels } = batch;
      const encoded = this.backbone.encode(batch, context);
      const logits = this.#choices(encoded, batch, context);
      const choices = rowsCrossEntropy(logits, labels, 'Pass the right choice of each question.');
      const lm = meanNextTokenLoss(this.#scorer, encoded.lastHidden, followingTokens(lmLabels));
      const loss = add<Scalar>(choices, mul(lm, this.lmCoefficient));
      return withLogits({ loss, parts: { choices, lm } }, { choices: logits }, context);
    });
  }

  #choices(encoded: Encoded, input: ChoiceInput, options: EncodeOptions): Tensor2D {
    const extracted = pool(this.backbone, encoded, input, 'last'); // [B·K, C]
    const scores = this.classifier.forward(dropout(extracted, this.#dropout, options)); // [B·K, 1]
    return scoresOfChoices(scores, input.choices);
  }
}
