import type { GoldenFamily } from '../family.ts';
import { elmoGoldens } from './elmo.ts';
import { gpt2LearningCurve } from './gpt2-learning-curve.ts';
import { huggingFace } from './hugging-face.ts';
import { tokenizers } from './tokenizers.ts';
import { transfoXL } from './transfo-xl.ts';

/** Every kind of case that can be run. */
export const FAMILIES: readonly GoldenFamily[] = [
  huggingFace('bert'),
  huggingFace('gpt'),
  huggingFace('gpt2'),
  gpt2LearningCurve,
  elmoGoldens,
  tokenizers,
  transfoXL,
];
