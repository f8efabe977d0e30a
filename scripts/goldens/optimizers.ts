// The rules of training runs by the names that goldens have for them, each written from its `formula` in words.
import {
  adamW,
  bertAdam,
  chain,
  clipByGlobalNorm,
  type GradientTransform,
  openAIAdam,
  warmupLinear,
} from '@tenon/optim';
import type { Facts } from './facts.ts';

/** What all rules take from a run's fields. */
function settings(run: Facts) {
  const [beta1, beta2] = run.numbers('betas');
  const undecayed = new Set(run.strings('no_decay_params'));
  return {
    learningRate: warmupLinear({
      peak: run.number('lr'),
      warmupSteps: run.number('warmup_steps'),
      totalSteps: run.number('steps'),
    }),
    beta1: beta1!,
    beta2: beta2!,
    epsilon: run.number('eps'),
    weightDecay: run.number('weight_decay'),
    decay: (name: string): boolean => !undecayed.has(name),
  };
}

const clip = (run: Facts): number => (run.has('clip') ? run.number('clip') : Number.POSITIVE_INFINITY);

export const OPTIMIZERS: Readonly<Record<string, (run: Facts) => GradientTransform>> = {
  adamw: (run) => chain(clipByGlobalNorm(clip(run)), adamW(settings(run))),
  bertadam: (run) => bertAdam({ ...settings(run), maximumNorm: clip(run) }),
  openaiadam: (run) => openAIAdam({ ...settings(run), maximumNorm: clip(run) }),
};
