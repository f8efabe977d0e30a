import type { GoldenFamily } from '../family.ts';
import { classifierFeatures } from './classifier-features.ts';
import { elmoGoldens } from './elmo.ts';
import { gptNanoSort } from './gpt-nano-sort.ts';
import { gptRelease } from './gpt-release.ts';
import { gptTask } from './gpt-task.ts';
import { gpt2LearningCurve } from './gpt2-learning-curve.ts';
import { huggingFace } from './hugging-face.ts';
import { initialisation } from './init.ts';
import { metrics } from './metrics.ts';
import { squad } from './squad.ts';
import { tokenizers } from './tokenizers.ts';
import { transfoXL } from './transfo-xl.ts';

/** Every kind of case that can be run. */
export const FAMILIES: readonly GoldenFamily[] = [
  huggingFace('bert'),
  huggingFace('gpt'),
  huggingFace('gpt2'),
  gptTask,
  gptRelease,
  gptNanoSort,
  gpt2LearningCurve,
  elmoGoldens,
  initialisation,
  metrics,
  squad,
  tokenizers,
  classifierFeatures,
  transfoXL,
];
