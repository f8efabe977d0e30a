// B batch, T time, C channels.

import {
  assertShape,
  assertWhole,
  type Backbone,
  type EncodeOptions,
  type ModelInput,
  Module,
  type Objective,
  type ObjectiveValue,
  type StepContext,
  softmaxCrossEntropy,
  type TaskModel,
} from '@tenon/core';
import { type Linear, MASKED, paddingMask } from '@tenon/layers';
import {
  add,
  argMax,
  cast,
  div,
  expandDims,
  fill,
  floorDiv,
  less,
  max,
  mod,
  type Rank,
  reshape,
  type Scalar,
  scalar,
  slice,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  tidy,
  where,
} from '@tensorflow/tfjs-core';
import { type HeadOptions, projection } from './head-options.ts';
import { counted, IGNORED, meanOfCounted } from './label-loss.ts';
import { withLogits } from './with-logits.ts';

export interface QuestionAnsweringBatch extends ModelInput {
  /**
   * int32 [B]: the answer's first token; 0, the first token of all ([CLS]), where the text has no answer, as in SQuAD
   * 2.0 and in windows beside the answer. One at or beyond T does not count, nor does a negative one.
   */
  readonly startPositions: Tensor1D;
  /** int32 [B]: the answer's last token; 0 where there is none. Counted alike. */
  readonly endPositions: Tensor1D;
}

/** (Types and not interfaces, so that `tf.dispose` and `tf.tidy` take them.) */
export type SpanLogits = {
  /** [B, T] */
  readonly start: Tensor2D;
  /** [B, T] */
  readonly end: Tensor2D;
};

export type Spans = {
  /** int32 [B]: the first token of each answer. */
  readonly start: Tensor1D;
  /** int32 [B]: its last token. */
  readonly end: Tensor1D;
  /** [B]: the sum of the two scores. */
  readonly score: Tensor1D;
  /**
   * [B]: the sum of the first token's two scores, which stands for "no answer". Where it is above `score`, by more than a
   * threshold that is chosen on held-out questions, the text has none (Devlin et al. 2019, section 4.3).
   */
  readonly nullScore: Tensor1D;
};

export interface PredictSpansOptions extends EncodeOptions {
  /** Tokens that an answer has at most. @default 30 */
  readonly maximumLength?: number;
  /** int32 [B, T], 1 where an answer may lie: the tokens of the text without those of the question. @default all that are no padding */
  readonly answerMask?: Tensor2D;
}

/**
 * Finds the answer in a text: the first and the last token of it (SQuAD).
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
 * import { QuestionAnswering } from '@tenon/heads';
 * import { bert, bertTiny } from '@tenon/models';
 *
 * using model = new QuestionAnswering(bert({ ...bertTiny, vocabularySize: 100, pooler: false }));
 * const inputIds = tensor2d([[2, 57, 9, 3, 11, 12, 13, 3]], [1, 8], 'int32');
 * const [startPositions, endPositions] = [tensor1d([4], 'int32'), tensor1d([5], 'int32')];
 * const { loss } = model.loss({ inputIds, startPositions, endPositions }, { training: false });
 * console.log(loss.dataSync()[0]); // near ln 8
 * const { start, end } = model.predict({ inputIds });
 * console.log(start.dataSync()[0]! <= end.dataSync()[0]!); // true
 * ```
 */
export class QuestionAnswering extends Module implements TaskModel, Objective<QuestionAnsweringBatch> {
  static readonly task: 'questionAnswering' = 'questionAnswering';
  readonly task: 'questionAnswering' = QuestionAnswering.task;
  readonly backbone: Backbone;
  /** Two scores for each token: that the answer starts there, and that it ends there. */
  readonly span: Linear;

  constructor(backbone: Backbone, options: HeadOptions = {}) {
    super();
    this.backbone = backbone;
    this.span = projection(backbone, 2, options);
  }

  /** Scores of each token, padding included, as the start and as the end of the answer. */
  logits(input: ModelInput, options: EncodeOptions = {}): SpanLogits {
    return tidy(() => {
      const scores = this.span.forward(this.backbone.encode(input, options).lastHidden); // [B, T, 2]
      return { start: column(scores, 0), end: column(scores, 1) };
    });
  }

  /**
   * The mean of the two cross entropies over the tokens, each the mean over the sequences that count.
   *
   * @throws {TenonError} about positions of another shape.
   */
  loss(batch: QuestionAnsweringBatch, context: StepContext): ObjectiveValue {
    return tidy(() => {
      const logits = this.logits(batch, context);
      const [first, last] = [
        placeLoss('start', logits.start, batch.startPositions),
        placeLoss('end', logits.end, batch.endPositions),
      ];
      return withLogits({ loss: div<Scalar>(add(first, last), 2) }, logits, context);
    });
  }

  /**
   * The best answer in each text, at most `maximumLength` tokens long, with no padding, and how that compares with none.
   *
   * @throws {TenonError} about a length that is none, and an answer mask of another shape.
   */
  predict(input: ModelInput, options: PredictSpansOptions = {}): Spans {
    const { maximumLength = 30, answerMask, ...rest } = options;
    assertWhole('maximumLength', maximumLength);
    return tidy(() => {
      const { start, end } = this.logits(input, rest);
      const [B, T] = start.shape;
      const sums = add(expandDims(start, 2), expandDims(end, 1)); // [B, T, T]: from each token to each
      const allowed = add(sums, spanMask(T, maximumLength));
      if (answerMask !== undefined) {
        assertShape('answer mask', answerMask.shape, [B, T], 'Pass 1 or 0 for each token.');
      }
      const scores = [input.attentionMask, answerMask].reduce((sum, mask) => {
        if (mask === undefined) return sum;
        const outside = reshape<Rank.R2>(paddingMask(mask), [B, T]);
        return add(add(sum, expandDims(outside, 1)), expandDims(outside, 2));
      }, allowed);
      const flat = reshape<Rank.R2>(scores, [B, T * T]);
      const best = cast(argMax<Tensor1D>(flat, 1), 'int32');
      return {
        start: floorDiv<Tensor1D>(best, scalar(T, 'int32')),
        end: mod<Tensor1D>(best, scalar(T, 'int32')),
        score: max<Tensor1D>(flat, 1),
        nullScore: reshape<Rank.R1>(slice(sums, 0, [B, 1, 1]), [B]),
      };
    });
  }
}

function column(scores: Tensor3D, index: number): Tensor2D {
  const [B, T] = scores.shape;
  return reshape<Rank.R2>(slice(scores, [0, 0, index], [B, T, 1]), [B, T]);
}

function placeLoss(name: string, logits: Tensor2D, positions: Tensor1D): Scalar {
  const [B, T] = logits.shape;
  assertShape(`${name} positions`, positions.shape, [B], 'Pass the place of a token for each sequence.');
  const inside = where(less(positions, T), positions, fill([B], IGNORED, 'int32'));
  return meanOfCounted(softmaxCrossEntropy(logits, inside), counted(inside));
}

/** [T, T] to add to the score of each span: none ends before it starts, or is too long. */
function spanMask(time: number, maximumLength: number): Tensor2D {
  const values = new Float32Array(time * time).fill(MASKED);
  for (let start = 0; start < time; start++) {
    values.fill(0, start * time + start, start * time + Math.min(start + maximumLength, time));
  }
  return tensor2d(values, [time, time]);
}
