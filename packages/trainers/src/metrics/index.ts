export { accuracy } from './accuracy.ts';
export type { Label, Labels } from './classes.ts';
export { type ConfusionMatrix, type ConfusionMatrixOptions, confusionMatrix } from './confusion-matrix.ts';
export { pearson, spearman } from './correlation.ts';
export { matthews } from './matthews.ts';
export { perplexity } from './perplexity.ts';
export {
  type Average,
  type ClassScores,
  f1Score,
  type PrecisionRecallF1Options,
  precisionRecallF1,
} from './precision-recall-f1.ts';
export type { Scores } from './scores.ts';
export { type SlotF1Options, type SlotScores, slotF1 } from './slot-f1.ts';
export { normalizeAnswer } from './squad-answers.ts';
export { type SquadScore, type SquadScoreOptions, squadScore } from './squad-score.ts';
export { type TagEntity, type TagScheme, tagEntities } from './tag-entities.ts';
