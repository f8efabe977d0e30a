// B batch, T time, N = B·T tokens, P half of the channels: one direction, V vocabulary.

import {
  assertWhole,
  type Backbone,
  type EncodeOptions,
  linearCrossEntropy,
  type ModelInput,
  Module,
  normal,
  type Objective,
  type ObjectiveValue,
  type Scorer,
  type StepContext,
  type TaskModel,
  TenonError,
  zeros,
} from '@tenon/core';
import { dropout, Linear } from '@tenon/layers';
import {
  add,
  concat,
  fill,
  mul,
  type Scalar,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tidy,
} from '@tensorflow/tfjs-core';
import { DROPOUT, type DropoutHeadOptions, randomOf } from './head-options.ts';
import { IGNORED } from './label-loss.ts';
import { countTargets, followingTokens, meanNextTokenLoss } from './next-token.ts';

export interface BidirectionalLMOptions extends DropoutHeadOptions {
  /** How many words there are to predict. */
  readonly vocabularySize: number;
}

/** Text to learn: `labels`, or both neighbours of each token, where the text goes on beyond its rows. */
export interface BidirectionalLMBatch extends ModelInput {
  /** int32 [B, T]: the number of each token in the vocabulary, −100 where it is not to be predicted. */
  readonly labels?: Tensor2D;
  /** int32 [B, T]: the token after each, −100 where it is not to be predicted. */
  readonly nextTokens?: Tensor2D;
  /** int32 [B, T]: the token before each, −100 where it is not to be predicted. */
  readonly previousTokens?: Tensor2D;
}

export interface BidirectionalLMLogits {
  /** [B, T, V]: scores of the token after each. */
  readonly next: Tensor3D;
  /** [B, T, V]: scores of the token before each. */
  readonly previous: Tensor3D;
}

/**
 * Predicts the next token from those before and the previous one from those after, as ELMo is trained (Peters et al.
 * 2018, section 3.1). The first half of the model's channels must have read forward and the second backward; both
 * share one softmax. The vocabulary is the head's alone: the model may read characters.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor2d, tensor3d } from '@tensorflow/tfjs-core';
 * import { BidirectionalLM } from '@tenon/heads';
 * import { elmo, elmoSmall } from '@tenon/models';
 * import { elmoCharacterIds } from '@tenon/tokenizers';
 *
 * const config = { ...elmoSmall, filters: [[2, 8]] as const, cellSize: 16, projectionSize: 8 };
 * using model = new BidirectionalLM(elmo({ ...config, sentenceBoundaries: false }), { vocabularySize: 100 });
 * const characterIds = tensor3d([elmoCharacterIds(['<S>', 'it', 'rains', '</S>'])], undefined, 'int32');
 * const labels = tensor2d([[0, 17, 42, 1]], undefined, 'int32');
 * const { loss } = model.loss({ characterIds, labels }, { training: false });
 * console.log(loss.dataSync()[0]); // near ln 100
 * ```
 */
export class BidirectionalLM<Body extends Backbone = Backbone>
  extends Module
  implements TaskModel, Objective<BidirectionalLMBatch>
{
  static readonly task: 'bidirectionalLM' = 'bidirectionalLM';
  readonly task: 'bidirectionalLM' = BidirectionalLM.task;
  readonly backbone: Body;
  /** [V, P], and a bias [V]. */
  readonly softmax: Linear;
  readonly #scorer: Scorer;
  readonly #dropout: number;

  /** @throws {TenonError} when the model's channels are no two halves, or the vocabulary's size is missing. */
  constructor(backbone: Body, options: BidirectionalLMOptions) {
    super();
    const { vocabularySize } = options;
    assertWhole('BidirectionalLM vocabularySize', vocabularySize);
    const P = backbone.hiddenSize / 2;
    if (!Number.isInteger(P)) {
      throw new TenonError({
        subject: 'BidirectionalLM',
        expected: 'a model with as many channels forward as backward',
        got: `${backbone.hiddenSize} channels`,
        advice: 'Take one that reads in both directions, as ELMo does.',
      });
    }
    this.backbone = backbone;
    const weight = normal(1 / Math.sqrt(P));
    const softmax = new Linear(P, vocabularySize, { random: randomOf(options), weight, bias: zeros });
    this.softmax = softmax;
    this.#dropout = options.dropout ?? DROPOUT;
    this.#scorer = {
      logits: (hidden: Tensor) => softmax.forward(hidden),
      negativeLogLikelihood: (hidden: Tensor2D, targets: Tensor1D) =>
        linearCrossEntropy(hidden, softmax.weight, targets, softmax.bias),
    };
  }

  logits(input: ModelInput, options: EncodeOptions = {}): BidirectionalLMLogits {
    return tidy(() => {
      const [forward, backward] = this.#directions(input, options);
      return { next: this.softmax.forward(forward), previous: this.softmax.forward(backward) };
    });
  }

  /**
   * The mean of both directions' means of −log p over the tokens that count; `parts` has `forward` and `backward`.
   * With the context's state, each row goes on from the batch before.
   *
   * @throws {TenonError} when the batch has not exactly one way of saying what to predict, or in another shape.
   */
  loss(batch: BidirectionalLMBatch, context: StepContext): ObjectiveValue {
    const value = tidy(() => {
      const { next, previous } = neighbours(batch);
      const directions = this.#directions(batch, context);
      const [seenForward, seenBackward] = directions.map((hidden) => dropout(hidden, this.#dropout, context));
      const forward = meanNextTokenLoss(this.#scorer, seenForward!, next);
      const backward = meanNextTokenLoss(this.#scorer, seenBackward!, previous);
      return { loss: mul<Scalar>(add(forward, backward), 0.5), forward, backward };
    });
    const { loss, ...parts } = value;
    return context.state === undefined ? { loss, parts } : { loss, parts, state: context.state };
  }

  /** How many words the forward direction predicts: as a rule as many as the other. */
  countOf({ labels, nextTokens }: BidirectionalLMBatch): number {
    return labels === undefined ? countTargets(nextTokens!) : countTargets(labels, 1);
  }

  /** What each direction has read, [B, T, P]. */
  #directions(input: ModelInput, options: EncodeOptions): [Tensor3D, Tensor3D] {
    const { lastHidden } = this.backbone.encode(input, options);
    const [B, T, C] = lastHidden.shape;
    const half = (start: number): Tensor3D => slice(lastHidden, [0, 0, start], [B, T, C / 2]);
    return [half(0), half(C / 2)];
  }
}

interface Neighbours {
  readonly next: Tensor2D;
  readonly previous: Tensor2D;
}

function neighbours({ labels, nextTokens, previousTokens }: BidirectionalLMBatch): Neighbours {
  const pair = nextTokens !== undefined && previousTokens !== undefined;
  const one = nextTokens !== undefined || previousTokens !== undefined;
  if (pair && labels === undefined) return { next: nextTokens, previous: previousTokens };
  if (!one && labels !== undefined) {
    const next = followingTokens(labels); // checks the shape
    const [B, T] = labels.shape;
    const previous = concat<Tensor2D>([fill([B, 1], IGNORED, 'int32'), slice(labels, [0, 0], [B, T - 1])], 1);
    return { next, previous };
  }
  const given = Object.entries({ labels, nextTokens, previousTokens }).flatMap(([name, tensor]) =>
    tensor ? [name] : [],
  );
  throw new TenonError({
    subject: 'bidirectional LM batch',
    expected: 'either labels, or nextTokens and previousTokens',
    got: given.join(' and ') || 'none of them',
    advice: 'Pass labels: the number of each token in the vocabulary.',
  });
}
