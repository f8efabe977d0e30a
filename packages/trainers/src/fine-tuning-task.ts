import type { Logits } from '@tenon/core';
import type { DataProcessor } from '@tenon/data';

/**
 * A task from end to end: from labelled examples to batches, and from a model's outputs to predictions and
 * their metrics. `textClassification`, `tokenTagging` and the others make one; a `Trainer` takes any.
 */
export interface FineTuningTask<Example, Feature, Batch, Model, Prediction>
  extends DataProcessor<Example, Feature, Batch> {
  /**
   * Whether there is something to learn from an example. Training refuses one without, which would have a loss of 0;
   * evaluation predicts it, and leaves it out of the loss.
   * @default there is
   */
  isLabelled?(example: Example): boolean;
  /**
   * What the labels of the model have to be: their names in its order, or how many there are. A Trainer refuses a model
   * with others.
   * @default any
   */
  readonly modelLabels?: readonly string[] | number;
  /** What the model says about each feature of a batch, as plain numbers. Nothing of it is a tensor any more. */
  outputs(model: Model, batch: Batch): Promise<readonly unknown[]>;
  /**
   * The same from the logits that the model's loss gives, so that an evaluation takes a batch through the model once. They
   * are not disposed of here.
   * @default each batch goes through the model for its loss, and again for `outputs`; as where a loss gives no logits
   */
  outputsFromLogits?(logits: Logits): Promise<readonly unknown[]>;
  /**
   * One for each example, from the features of all of them and from what the model said about each.
   *
   * @param features one list for each example
   * @param outputs the same, as `outputs` gave them
   */
  predictions(
    examples: readonly Example[],
    features: readonly (readonly Feature[])[],
    outputs: readonly (readonly unknown[])[],
  ): readonly Prediction[];
  /** How good the predictions are, by the metrics' names. */
  metrics?(
    examples: readonly Example[],
    predictions: readonly Prediction[],
  ): Readonly<Record<string, number>>;
  /** An example and its prediction in words, for reports. */
  describe?(example: Example, prediction: Prediction): DescribedPrediction;
}

export interface DescribedPrediction {
  readonly input: string;
  /** Absent where the example has no label. */
  readonly expected?: string;
  readonly predicted: string;
  /** Whether it is right. @default it is as expected, letter by letter */
  readonly right?: boolean;
}
