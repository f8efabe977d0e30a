export { type SamplingOptions, samplingProbabilities } from './choose-token.ts';
export { type Generated, type GenerateOptions, generate } from './generate.ts';
export { type LogitsWarper, temperatureWarper, topKWarper, topPWarper } from './warpers.ts';
export { withSource } from './with-source.ts';
