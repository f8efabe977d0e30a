import { setImmediate } from 'node:timers/promises';
import { type BatchSource, type Objective, TenonError } from '@tenon/core';
import { batches, type Examples, readAll } from '@tenon/data';
import { disposeBatch, type Evaluation, meanLoss } from './evaluate.ts';
import type { FineTuningTask } from './fine-tuning-task.ts';
import type { EvaluateEvent } from './trainer-callback.ts';

type Task<Example, Feature, Batch, Model, Prediction> = FineTuningTask<
  Example,
  Feature,
  Batch,
  Model,
  Prediction
>;

/** Examples with what the model reads of them. */
interface Prepared<Example, Feature> {
  readonly examples: readonly Example[];
  /** A list for each example. */
  readonly features: readonly (readonly Feature[])[];
}

/** Lets a model do a task: measures how well it does, and takes down its predictions. */
export class TaskRunner<Example, Feature, Batch, Model extends Objective<Batch>, Prediction> {
  readonly #model: Model;
  readonly #task: Task<Example, Feature, Batch, Model, Prediction>;
  readonly #batchSize: number;
  readonly #onInvalid: ((error: TenonError) => void) | undefined;
  /** Features are made once for a list of examples, and kept as long as the list. */
  readonly #prepared = new WeakMap<object, Prepared<Example, Feature>>();

  constructor(
    model: Model,
    task: Task<Example, Feature, Batch, Model, Prediction>,
    { batchSize, onInvalid }: { batchSize: number; onInvalid: ((error: TenonError) => void) | undefined },
  ) {
    this.#model = model;
    this.#task = task;
    this.#batchSize = batchSize;
    this.#onInvalid = onInvalid;
  }

  /**
   * The loss as it is, NaN and all, and the metrics of the predictions.
   *
   * @throws {TenonError} when there is no example.
   */
  async measure(examples: Examples<Example>): Promise<Measured> {
    const prepared = await this.#prepare(examples);
    const inOrder = this.#inOrder(prepared);
    const onBatch = (batch: Batch): Promise<void> => this.#takeDown(batch, inOrder);
    const loss = await meanLoss(this.#model, inOrder.batches, { onBatch });
    const predictions = this.#predictions(prepared, inOrder);
    const metrics = this.#task.metrics?.(prepared.examples, predictions);
    return { loss, ...(metrics && { metrics }), ...this.#described(prepared, predictions) };
  }

  /** A prediction for each example that can be used. No label is needed. */
  async predict(examples: Examples<Example>): Promise<Predicted<Prediction>> {
    const prepared = await this.#prepare(examples);
    if (prepared.examples.length === 0) return { predictions: [] };
    const inOrder = this.#inOrder(prepared);
    const { batches } = inOrder;
    for (let batch = await batches.next(); batch !== undefined; batch = await batches.next()) {
      try {
        await this.#takeDown(batch, inOrder);
      } finally {
        disposeBatch(batch);
      }
      await setImmediate(); // lets timers, signals and input have their turn
    }
    const predictions = this.#predictions(prepared, inOrder);
    return { predictions, ...this.#described(prepared, predictions) };
  }

  #described({ examples }: Prepared<Example, Feature>, predictions: readonly Prediction[]): Describing {
    const task = this.#task;
    if (task.describe === undefined) return {};
    return { describe: () => examples.map((example, i) => task.describe!(example, predictions[i]!)) };
  }

  async #prepare(examples: Examples<Example>): Promise<Prepared<Example, Feature>> {
    const known = this.#prepared.get(examples);
    if (known !== undefined) return known;
    const list = await readAll(examples);
    const kept: Example[] = [];
    const features: (readonly Feature[])[] = [];
    for (const example of list) {
      try {
        features.push(this.#task.features(example));
        kept.push(example);
      } catch (error) {
        if (this.#onInvalid === undefined || !(error instanceof TenonError)) throw error;
        this.#onInvalid(error);
      }
    }
    const prepared = { examples: kept, features };
    this.#prepared.set(examples, prepared);
    return prepared;
  }

  /** Batches of features of like length, as less of those is padding. */
  #inOrder({ features }: Prepared<Example, Feature>): InOrder<Batch> {
    const task = this.#task;
    const flat = features.flat();
    const lengths = flat.map((feature) => task.length(feature));
    const order = [...flat.keys()].sort((a, b) => lengths[b]! - lengths[a]!);
    return {
      batches: batches(order, {
        batchSize: this.#batchSize,
        collate: (indices) => task.collate(indices.map((index) => flat[index]!)),
      }),
      order,
      outputs: new Array<unknown>(flat.length),
      taken: 0,
    };
  }

  async #takeDown(batch: Batch, inOrder: InOrder<Batch>): Promise<void> {
    for (const output of await this.#task.outputs(this.#model, batch)) {
      inOrder.outputs[inOrder.order[inOrder.taken++]!] = output;
    }
  }

  #predictions(
    { examples, features }: Prepared<Example, Feature>,
    { outputs }: InOrder<Batch>,
  ): readonly Prediction[] {
    let next = 0;
    const nested = features.map((list) => {
      next += list.length;
      return outputs.slice(next - list.length, next);
    });
    return this.#task.predictions(examples, features, nested);
  }
}

type Describing = Pick<EvaluateEvent, 'describe'>;
type Measured = Pick<Evaluation, 'loss' | 'metrics'> & Describing;
type Predicted<Prediction> = Describing & { readonly predictions: readonly Prediction[] };

/** Features on their way through the model. */
interface InOrder<Batch> {
  readonly batches: BatchSource<Batch>;
  /** The number of each feature in the order of the batches. */
  readonly order: readonly number[];
  /** By the features' numbers. */
  readonly outputs: unknown[];
  /** Features that the model has seen. */
  taken: number;
}
