import { join } from 'node:path';
import { readAll } from '@tenon/data';
import { readRows, textExamples } from '@tenon/data/files';
import type { Experiment } from '../experiment.ts';
import { besidePyTorch } from './beside-pytorch.ts';

const reviews = (data: string, file: string) =>
  readAll(textExamples(readRows(join(data, 'chnsenticorp', file)), { text: 'text_a', label: 'label' }));

export const chnsenticorp: Experiment = besidePyTorch({
  name: 'chnsenticorp',
  question: 'Does a small BERT from scratch reach PyTorch on ChnSentiCorp (Chinese reviews, dev accuracy)?',
  vocabulary: 'chinese',
  labels: ['0', '1'],
  maxLength: 128,
  epochs: 3,
  load: async (data) => ({ train: await reviews(data, 'train.tsv'), dev: await reviews(data, 'dev.tsv') }),
});
