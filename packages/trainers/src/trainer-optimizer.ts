import type { Parameter } from '@tenon/core';
import {
  accumulate,
  adamW,
  chain,
  clipByGlobalNorm,
  constant,
  type GradientTransform,
  layerwiseDecay,
  type Schedule,
  warmupCosine,
  warmupLinear,
} from '@tenon/optim';
import type { ResolvedArguments } from './resolve-arguments.ts';

/** AdamW as the arguments say, clipped, with their schedule. */
export function optimizerOf(args: ResolvedArguments, totalSteps: number): GradientTransform {
  const { layerwiseLearningRateDecay: decay } = args;
  return chain(
    clipByGlobalNorm(args.maxGradNorm === 0 ? Number.POSITIVE_INFINITY : args.maxGradNorm),
    adamW({
      learningRate: scheduleOf(args, totalSteps),
      beta1: args.adamBeta1,
      beta2: args.adamBeta2,
      epsilon: args.adamEpsilon,
      weightDecay: args.weightDecay,
      decay: isDecayed,
    }),
    ...(decay === 1 ? [] : [layerwiseDecay({ decay })]),
  );
}

/** An update of several batches, where the arguments ask for it. */
export function accumulated(args: ResolvedArguments, optimizer: GradientTransform): GradientTransform {
  return accumulate(args.gradientAccumulationSteps, optimizer);
}

/** As Hugging Face's `get_parameter_names` leaves biases and layer norms out. */
function isDecayed(name: string, parameter: Parameter): boolean {
  return parameter.rank >= 2 && !name.includes('bias');
}

/** The rate of each update, steps counted from 0. */
export function scheduleOf(args: ResolvedArguments, totalSteps: number): Schedule {
  const { learningRate: peak, lrSchedulerType, warmupRatio } = args;
  const warmupSteps = Math.min(totalSteps, args.warmupSteps || Math.ceil(warmupRatio * totalSteps));
  // Hugging Face's first update has rate 0 and changes nothing; ours has its share already.
  const warmup = { peak, warmupSteps, totalSteps, start: peak / (warmupSteps + 1) };
  switch (lrSchedulerType) {
    case 'linear':
      return warmupLinear(warmup);
    case 'cosine':
      return warmupCosine(warmup);
    case 'constant':
      return constant(peak);
    case 'constant_with_warmup':
      return warmupLinear({ ...warmup, end: peak });
  }
}
