import { TenonError } from '@tenon/core';
import { type DataProcessor, describeOrigin, type Origin } from '@tenon/data';
import type { FineTuningTask } from './fine-tuning-task.ts';

/** How much of an example without an origin an error shows. */
const SHOWN = 80;

/** A task's processor for training: it takes labelled examples only, as others would have a loss of 0 and no effect. */
export function trainingProcessor<Example, Feature, Batch>(
  task: DataProcessor<Example, Feature, Batch> &
    Pick<FineTuningTask<Example, Feature, Batch, never, unknown>, 'isLabelled'>,
): DataProcessor<Example, Feature, Batch> {
  return {
    features(example) {
      if (task.isLabelled?.(example) === false) throw unlabelled(example);
      return task.features(example);
    },
    collate: (features) => task.collate(features),
    length: (feature) => task.length(feature),
  };
}

function unlabelled(example: unknown): TenonError {
  const { origin } = example as { readonly origin?: Origin }; // where a task's examples have one, it is called so
  const words = JSON.stringify(example);
  const shown = words.length > SHOWN ? `${words.slice(0, SHOWN)}…` : words;
  return new TenonError({
    subject: origin === undefined ? 'trainDataset' : describeOrigin(origin),
    expected: 'a labelled example',
    got: origin === undefined ? `no label in ${shown}` : 'no label',
    advice: 'Label it, or leave it out; with onInvalid it is counted instead. evaluate and predict take it.',
  });
}
