import { join } from 'node:path';
import { readAll } from '@tenon/data';
import { readRows, textExamples } from '@tenon/data/files';
import type { Experiment } from '../experiment.ts';
import { besidePyTorch } from './beside-pytorch.ts';

const pairs = (data: string, file: string) =>
  readAll(
    textExamples(readRows(join(data, 'sick', file), { format: 'tsv' }), {
      text: 'sentence_A',
      textPair: 'sentence_B',
      label: 'entailment_judgment',
    }),
  );

export const sick: Experiment = besidePyTorch({
  name: 'sick',
  question: 'Does a small BERT from scratch reach PyTorch on SICK (sentence pairs, trial accuracy)?',
  vocabulary: 'uncased',
  labels: ['CONTRADICTION', 'ENTAILMENT', 'NEUTRAL'],
  maxLength: 64,
  epochs: 5, // After them it learns by heart: in development it is worse from epoch to epoch.
  load: async (data) => ({
    train: await pairs(data, 'SICK_train.txt'),
    dev: await pairs(data, 'SICK_trial.txt'),
  }),
});
