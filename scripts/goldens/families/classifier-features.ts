// classifier_features: what BERT's run_classifier.py makes of labelled texts and pairs.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bertTextProcessor } from '@tenon/data';
import { bertTokenizer, readVocabularyLines } from '@tenon/tokenizers';
import { dispose } from '@tensorflow/tfjs-core';
import type { GoldenFamily } from '../family.ts';

export const classifierFeatures: GoldenFamily = {
  family: 'classifier_features',
  knows: (kind) => kind === 'mrpc',
  async run({ facts }, { comparison, data }) {
    if (data === undefined) {
      comparison.skipped = 'skipped: it needs a vocabulary of the data sets, whose folder --data names';
      return;
    }
    const file = join(data, 'vocab-bert/bert-base-uncased-vocab.txt');
    const vocabulary = readVocabularyLines(await readFile(file, 'utf8'));
    const tokenizer = bertTokenizer({ vocabulary, original: true });
    const labels = facts.strings('label_list');
    for (const [i, row] of facts.objects('rows').entries()) {
      const maxLength = row.number('max_seq_length');
      const processor = bertTextProcessor({ tokenizer, labels, maxLength, padToMultipleOf: maxLength });
      const features = processor.features({
        text: row.string('text_a'),
        ...(row.has('text_b') && { textPair: row.string('text_b') }),
        label: row.string('label'),
      });
      const batch = processor.collate(features);
      const { inputIds, attentionMask, tokenTypeIds, labels: labelIds } = batch;
      comparison.integers(`row ${i} input_ids`, inputIds.dataSync(), row.numbers('input_ids'));
      comparison.integers(`row ${i} input_mask`, attentionMask.dataSync(), row.numbers('input_mask'));
      comparison.integers(`row ${i} segment_ids`, tokenTypeIds.dataSync(), row.numbers('segment_ids'));
      comparison.integers(`row ${i} label_id`, labelIds.dataSync(), [row.number('label_id')]);
      dispose(Object.values(batch));
    }
  },
};
