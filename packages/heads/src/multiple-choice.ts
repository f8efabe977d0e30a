// B questions, K choices, T time, C channels.

import {
  assertWhole,
  type Backbone,
  type Encoded,
  type EncodeOptions,
  Module,
  type Objective,
  type ObjectiveValue,
  type Pooling,
  type StepContext,
  type TaskModel,
  TenonError,
} from '@tenon/core';
import { dropout, type Linear } from '@tenon/layers';
import { type Rank, reshape, softmax, type Tensor1D, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import {
  type AuxiliaryLM,
  type AuxiliaryLMBatch,
  type AuxiliaryLMOptions,
  auxiliaryLM,
  withLanguageModel,
} from './auxiliary-lm.ts';
import { DROPOUT, type DropoutHeadOptions, projection } from './head-options.ts';
import { likeliest, rowsCrossEntropy } from './label-loss.ts';
import { type ExtractInput, pool } from './pool.ts';
import { withLogits } from './with-logits.ts';

/** The model's input with a row for each choice, [B·K, T], those of a question one after another. */
export interface ChoiceInput extends ExtractInput {
  /** K: how many rows belong to each question. */
  readonly choices: number;
}

export interface MultipleChoiceBatch extends ChoiceInput, AuxiliaryLMBatch {
  /** int32 [B]: the right choice of each question; −100 does not count. */
  readonly labels: Tensor1D;
}

export interface MultipleChoiceOptions extends DropoutHeadOptions, AuxiliaryLMOptions {
  /** Which vector stands for a sequence. @default the model's `headDefaults`, else `pooled` or `last` */
  readonly pooling?: Pooling;
}

/**
 * Chooses one of several texts: each is scored by itself, and the scores of a question compete (SWAG, RACE).
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
 * import { MultipleChoice } from '@tenon/heads';
 * import { bert, bertTiny } from '@tenon/models';
 *
 * using model = new MultipleChoice(bert({ ...bertTiny, vocabularySize: 100 }));
 * const inputIds = tensor2d([[2, 57, 3], [2, 58, 3], [2, 7, 3], [2, 8, 3]], [4, 3], 'int32'); // 2 questions
 * console.log(model.logits({ inputIds, choices: 2 }).shape); // [ 2, 2 ]
 * const labels = tensor1d([0, 1], 'int32');
 * console.log(model.loss({ inputIds, choices: 2, labels }, { training: false }).loss.dataSync()[0]); // near ln 2
 * ```
 */
export class MultipleChoice extends Module implements TaskModel, Objective<MultipleChoiceBatch> {
  static readonly task: 'multipleChoice' = 'multipleChoice';
  readonly task: 'multipleChoice' = MultipleChoice.task;
  readonly backbone: Backbone;
  /** One score for each row. */
  readonly classifier: Linear;
  readonly #pooling: Pooling | undefined;
  readonly #dropout: number;
  readonly #lm: AuxiliaryLM | undefined;

  /** @throws {TenonError} when a language model is to learn along and the backbone has no vocabulary scores. */
  constructor(backbone: Backbone, options: MultipleChoiceOptions = {}) {
    super();
    this.#lm = auxiliaryLM('MultipleChoice', backbone, options);
    this.backbone = backbone;
    this.classifier = projection(backbone, 1, options);
    this.#pooling = options.pooling;
    this.#dropout = options.dropout ?? backbone.headDefaults?.dropout ?? DROPOUT;
  }

  /** Scores of the choices, [B, K]. @throws {TenonError} when the rows are no whole number of questions. */
  logits(input: ChoiceInput, options: EncodeOptions = {}): Tensor2D {
    return tidy(() => this.#logits(this.backbone.encode(input, options), input, options));
  }

  #logits(encoded: Encoded, input: ChoiceInput, options: EncodeOptions): Tensor2D {
    const pooled = pool(this.backbone, encoded, input, this.#pooling); // [B·K, C]
    return scoresOfChoices(this.classifier.forward(dropout(pooled, this.#dropout, options)), input.choices);
  }

  /**
   * The mean of −log p of the right choices; with `lmCoefficient`, that and the language model's loss, with the parts
   * `task` and `lm`.
   *
   * @throws {TenonError} about labels of another shape or beyond the choices.
   */
  loss(batch: MultipleChoiceBatch, context: StepContext): ObjectiveValue {
    return tidy(() => {
      const encoded = this.backbone.encode(batch, context);
      const logits = this.#logits(encoded, batch, context);
      const task = rowsCrossEntropy(logits, batch.labels, 'Pass the right choice of each question.');
      return withLogits(withLanguageModel(this.#lm, task, encoded, batch), logits, context);
    });
  }

  /** Probabilities of the choices, [B, K]. */
  probabilities(input: ChoiceInput, options: EncodeOptions = {}): Tensor2D {
    return tidy(() => softmax(this.logits(input, options)));
  }

  /** The choice for each question, int32 [B]. */
  predict(input: ChoiceInput, options: EncodeOptions = {}): Tensor1D {
    return tidy(() => likeliest<Tensor1D>(this.logits(input, options)));
  }
}

/** A score for each row, [B·K, 1], as those of the questions, [B, K]. @throws {TenonError} when they do not come out even. */
export function scoresOfChoices(scores: Tensor2D, choices: number): Tensor2D {
  assertWhole('choices', choices);
  const [rows] = scores.shape;
  if (rows % choices === 0) return reshape<Rank.R2>(scores, [-1, choices]);
  throw new TenonError({
    subject: 'choices',
    expected: `rows in groups of ${choices}`,
    got: `${rows} rows`,
    advice: 'Pass every choice of every question as a row of its own.',
  });
}
