import { setImmediate } from 'node:timers/promises';
import { type BatchSource, type Logits, type Objective, TenonError } from '@tenon/core';
import { batches, type Examples, errorOfExample, readAll } from '@tenon/data';
import { asEvaluation, disposeBatch, meanLoss } from './evaluate.ts';
import type { FineTuningTask } from './fine-tuning-task.ts';
import type { Measured } from './run-options.ts';
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
  /** All that there were. */
  readonly list: readonly Example[];
  /** Those that can be used. */
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
   * The loss over the examples with labels, and the metrics of the predictions.
   *
   * @param subject and `lastGood`: for the error about a loss that is not finite.
   * @throws {TenonError} when there is no example with a label, or the loss is not finite.
   */
  async measure(examples: Examples<Example>, subject: string, lastGood?: string): Promise<Measured> {
    const prepared = await this.prepare(examples);
    const outputs: unknown[] = [];
    const labelled = this.#inOrder(prepared, true, outputs);
    if (labelled.order.length === 0) throw nothingToMeasure(prepared.examples.length);
    const loss = await meanLoss(this.#model, labelled.batches, {
      onBatch: (batch, logits) => this.#takeDown(batch, labelled, logits),
    });
    const evaluation = asEvaluation(loss, subject, lastGood); // of a broken model the metrics say nothing
    await this.#takeDownAll(this.#inOrder(prepared, false, outputs));
    const predictions = this.#predictions(prepared, outputs);
    const metrics = this.#task.metrics?.(prepared.examples, predictions);
    return { ...evaluation, ...(metrics && { metrics }), ...this.#described(prepared, predictions) };
  }

  /** A prediction for each example that can be used. No label is needed. */
  async predict(examples: Examples<Example>): Promise<Predicted<Prediction>> {
    const prepared = await this.prepare(examples);
    const outputs: unknown[] = [];
    for (const labelled of [true, false]) await this.#takeDownAll(this.#inOrder(prepared, labelled, outputs));
    const predictions = this.#predictions(prepared, outputs);
    return { predictions, ...this.#described(prepared, predictions) };
  }

  async #takeDownAll(inOrder: InOrder<Batch>): Promise<void> {
    const { batches, order } = inOrder;
    if (order.length === 0) return;
    for (let batch = await batches.next(); batch !== undefined; batch = await batches.next()) {
      try {
        await this.#takeDown(batch, inOrder);
      } finally {
        disposeBatch(batch);
      }
      await setImmediate(); // lets timers, signals and input have their turn
    }
  }

  #described({ examples }: Prepared<Example, Feature>, predictions: readonly Prediction[]): Describing {
    const task = this.#task;
    if (task.describe === undefined) return {};
    return { describe: () => examples.map((example, i) => task.describe!(example, predictions[i]!)) };
  }

  /**
   * Makes the features of examples, before they are needed.
   *
   * @throws {TenonError} about the first example that cannot be used, where nobody is told of it.
   */
  async prepare(examples: Examples<Example>): Promise<Prepared<Example, Feature>> {
    const known = this.#prepared.get(examples);
    if (known !== undefined && isAsItWas(examples, known.list)) return known;
    const list = [...(await readAll(examples))];
    const kept: Example[] = [];
    const features: (readonly Feature[])[] = [];
    for (const [i, example] of list.entries()) {
      try {
        features.push(this.#task.features(example));
        kept.push(example);
      } catch (cause) {
        const error = errorOfExample(cause, example, `examples[${i}]`);
        if (this.#onInvalid === undefined || !(error instanceof TenonError)) throw error;
        this.#onInvalid(error);
      }
    }
    const prepared = { list, examples: kept, features };
    this.#prepared.set(examples, prepared);
    return prepared;
  }

  /**
   * Batches of features of like length, as less of those is padding: of the examples with labels or of the others, which
   * have no loss.
   */
  #inOrder(
    { examples, features }: Prepared<Example, Feature>,
    labelled: boolean,
    outputs: unknown[],
  ): InOrder<Batch> {
    const task = this.#task;
    const flat = features.flat();
    const lengths = flat.map((feature) => task.length(feature));
    const isWanted = features.flatMap((list, i) => {
      const wanted = (task.isLabelled?.(examples[i]!) ?? true) === labelled;
      return list.map(() => wanted);
    });
    const order = [...flat.keys()].filter((i) => isWanted[i]).sort((a, b) => lengths[b]! - lengths[a]!);
    return {
      batches: batches(order, {
        batchSize: this.#batchSize,
        collate: (indices) => task.collate(indices.map((index) => flat[index]!)),
      }),
      order,
      outputs,
      taken: 0,
    };
  }

  /** @param logits what the model made of the batch, where that is known: then it is not asked again. */
  async #takeDown(batch: Batch, inOrder: InOrder<Batch>, logits?: Logits): Promise<void> {
    const task = this.#task;
    const outputs =
      logits !== undefined && task.outputsFromLogits !== undefined
        ? await task.outputsFromLogits(logits)
        : await task.outputs(this.#model, batch);
    const features = Math.min(this.#batchSize, inOrder.order.length - inOrder.taken);
    if (outputs.length !== features) throw notOneForEach(features, outputs.length);
    for (const output of outputs) {
      inOrder.outputs[inOrder.order[inOrder.taken++]!] = output;
    }
  }

  #predictions(
    { examples, features }: Prepared<Example, Feature>,
    outputs: readonly unknown[],
  ): readonly Prediction[] {
    let next = 0;
    const nested = features.map((list) => {
      next += list.length;
      return outputs.slice(next - list.length, next);
    });
    return this.#task.predictions(examples, features, nested);
  }
}

/** Whether a list still has the same examples. A file is taken to be the same. */
function isAsItWas<Example>(examples: Examples<Example>, before: readonly Example[]): boolean {
  if ('open' in examples) return true;
  return examples.length === before.length && examples.every((example, i) => example === before[i]);
}

function notOneForEach(features: number, outputs: number): TenonError {
  return new TenonError({
    subject: "the task's outputs",
    expected: `one for each of the ${features} features of a batch`,
    got: String(outputs),
    advice: 'Give a list as long as the batch, in its order.',
  });
}

function nothingToMeasure(examples: number): TenonError {
  return new TenonError({
    subject: 'evaluation',
    expected: 'at least one example with a label',
    got: examples === 0 ? 'no examples' : `none among ${examples}`,
    advice: 'Pass labelled examples, or look at those that were left out; predict needs no labels.',
  });
}

type Describing = Pick<EvaluateEvent, 'describe'>;
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
