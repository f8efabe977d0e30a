// B batch, T time, N = B·T tokens, C channels, V vocabulary.

import {
  type Backbone,
  type EncodeOptions,
  type ModelInput,
  Module,
  type Objective,
  type ObjectiveValue,
  type Scorer,
  type StepContext,
  type TaskModel,
  TenonError,
} from '@tenon/core';
import { type Rank, reshape, type Scalar, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { countTargets, followingTokens, meanNextTokenLoss, nextTokenLosses, scorerOf } from './next-token.ts';

/** Text to learn: either `labels` or `targets` beside the model's input. */
export interface CausalLMBatch extends ModelInput {
  /** int32 [B, T], as Hugging Face has it: the input ids again, −100 where a token is not to be predicted. */
  readonly labels?: Tensor2D;
  /** int32 [B, T]: the token that follows each input id, −100 where it is not to be predicted. */
  readonly targets?: Tensor2D;
}

export interface ScoredTokens {
  /** [B, T]: −log p of the target after each token, 0 where there is none. */
  readonly nll: Tensor2D;
  /** How many targets there are. */
  readonly count: Scalar;
}

/**
 * A language model that predicts the next token: any backbone that has vocabulary scores.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 * import { CausalLM } from '@tenon/heads';
 * import { gpt2, gpt2Small } from '@tenon/models';
 *
 * using model = new CausalLM(gpt2({ ...gpt2Small, vocabularySize: 100, hiddenSize: 32, layers: 2, heads: 4 }));
 * const inputIds = tensor2d([[5, 7, 9]], [1, 3], 'int32');
 * const { loss } = model.loss({ inputIds, labels: inputIds }, { training: false });
 * console.log(loss.dataSync()[0]); // near ln 100
 * ```
 */
export class CausalLM<Body extends Backbone = Backbone>
  extends Module
  implements TaskModel, Objective<CausalLMBatch>
{
  static readonly task: 'causalLM' = 'causalLM';
  readonly task: 'causalLM' = CausalLM.task;
  readonly backbone: Body;
  readonly #scorer: Scorer;

  /** @throws {TenonError} when the backbone has no vocabulary scores. */
  constructor(backbone: Body) {
    super();
    this.backbone = backbone;
    this.#scorer = scorerOf('CausalLM', backbone);
  }

  /** Scores of the next token after each token, [B, T, V]. */
  logits(input: ModelInput, options: EncodeOptions = {}): Tensor3D {
    return tidy(() => this.#scorer.logits(this.backbone.encode(input, options).lastHidden) as Tensor3D);
  }

  /**
   * The mean of −log p over the targets that count; 0 where none does.
   *
   * @throws {TenonError} when the batch has not exactly one of `labels` and `targets`, or in another shape.
   */
  loss(batch: CausalLMBatch, context: StepContext): ObjectiveValue {
    const loss = tidy(() => {
      const { lastHidden } = this.backbone.encode(batch, context);
      return meanNextTokenLoss(this.#scorer, lastHidden, targetsOf(batch));
    });
    return context.state === undefined ? { loss } : { loss, state: context.state };
  }

  /** How many targets count. */
  countOf(batch: CausalLMBatch): number {
    return batch.labels === undefined ? countTargets(targetsOf(batch)) : countTargets(batch.labels, 1);
  }

  /** −log p of every target, for perplexity and for scoring texts. @throws {TenonError} as `loss` does. */
  negativeLogLikelihood(batch: CausalLMBatch, options: EncodeOptions = {}): ScoredTokens {
    return tidy(() => {
      const { lastHidden } = this.backbone.encode(batch, options);
      const targets = targetsOf(batch);
      const { nll, count } = nextTokenLosses(this.#scorer, lastHidden, targets);
      return { nll: reshape<Rank.R2>(nll, targets.shape), count };
    });
  }
}

/** The token that follows each token: `targets`, or the labels moved by one, with nothing after the last. */
function targetsOf({ labels, targets }: CausalLMBatch): Tensor2D {
  if ((labels === undefined) === (targets === undefined)) {
    throw new TenonError({
      subject: 'causal LM batch',
      expected: 'either labels or targets',
      got: labels === undefined ? 'neither' : 'both',
      advice: 'Pass labels = inputIds, or targets that are one token ahead.',
    });
  }
  return labels === undefined ? targets! : followingTokens(labels);
}
