import { SequenceClassification } from '@tenon/heads';
import { Trainer, textClassification } from '@tenon/trainers';
import { publishedTokenizer, SST2_LABELS, sst2Sentences } from '../../data-sets.ts';
import type { Experiment } from '../experiment.ts';
import { noWorseThan } from '../verdicts.ts';
import { scratchArguments, smallBert } from './bert-from-scratch.ts';

/** learning_curves/bert_scratch_sst2: the reference's three seeds end at .790, .772 and .781. */
const WORST = 0.7717889908256881;

export const sst2: Experiment = {
  name: 'sst2',
  question: 'Does a small BERT from scratch reach the reference on SST-2 (sentiment, dev accuracy)?',
  arms: {
    async tenon({ seed, data, say }) {
      const tokenizer = await publishedTokenizer(data, 'uncased');
      using model = new SequenceClassification(smallBert(tokenizer.vocabularySize, seed), {
        labels: SST2_LABELS,
      });
      const trainer = new Trainer({
        model,
        task: textClassification({ tokenizer, labels: SST2_LABELS, maxLength: 48 }),
        args: scratchArguments(seed, 3),
        trainDataset: await sst2Sentences(data, 'train'),
        evalDataset: await sst2Sentences(data, 'dev'),
        callbacks: [{ onEvaluate: ({ metrics }) => say(JSON.stringify(metrics)) }],
      });
      const { evaluation } = await trainer.train();
      return { accuracy: evaluation!.metrics!['accuracy']! };
    },
  },
  verdict: noWorseThan(WORST, 'tenon', 'accuracy'),
};
