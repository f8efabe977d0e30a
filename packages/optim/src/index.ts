export { accumulate } from './accumulate.ts';
export { type AdamWOptions, adamW } from './adamw.ts';
export { addDecayedWeights, type DecayOptions, type DecayTransform } from './add-decayed-weights.ts';
export { type BertAdamOptions, bertAdam } from './bert-adam.ts';
export { chain } from './chain.ts';
export type { GradientOptions } from './check-gradients.ts';
export { clipByGlobalNorm } from './clip-by-global-norm.ts';
export { clipByNorm } from './clip-by-norm.ts';
export { clipByValue } from './clip-by-value.ts';
export { decayWeightsAfter } from './decay-weights-after.ts';
export { valueAndGradients } from './gradients.ts';
export { layerDepths } from './layer-depths.ts';
export { type LayerwiseDecayOptions, layerwiseDecay } from './layerwise-decay.ts';
export { type OpenAIAdamOptions, openAIAdam } from './openai-adam.ts';
export { createOptimizer, type Optimizer, type OptimizerReport } from './optimizer.ts';
export type { PreparedUpdate } from './prepared-update.ts';
export { type AdamOptions, type AdamTransform, scaleByAdam } from './scale-by-adam.ts';
export { type LearningRateTransform, scaleByLearningRate } from './scale-by-learning-rate.ts';
export { type ParameterScaleTransform, scaleByParameter } from './scale-by-parameter.ts';
export { constant, type Schedule, type WarmupOptions, warmupCosine, warmupLinear } from './schedules.ts';
export type {
  Chain,
  GradientTransform,
  RunningTransform,
  StepPlan,
  Transform,
  Updates,
} from './transform.ts';
