import type { GoldenFamily } from '../family.ts';
import { gpt2LearningCurve } from './gpt2-learning-curve.ts';
import { gpt2Model } from './gpt2-model.ts';
import { tokenizers } from './tokenizers.ts';
import { transfoXL } from './transfo-xl.ts';

/** Every kind of case that can be run. */
export const FAMILIES: readonly GoldenFamily[] = [gpt2Model, gpt2LearningCurve, tokenizers, transfoXL];
