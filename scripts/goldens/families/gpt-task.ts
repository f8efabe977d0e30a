// gpt/task: GPT's input transformations with the heads of its fine-tuning, in the layout of OpenAI's program.
//
// That program scores tokens and positions together: its language model's softmax spans the rows of both tables.
import { openSafetensors } from '@tenon/checkpoints';
import {
  type Backbone,
  type Encoded,
  type EncodeOptions,
  type HeadDefaults,
  type ModelInput,
  Module,
  type Parameter,
  type Scorer,
  type TaskModel,
} from '@tenon/core';
import { type GPTBatch, gptBatch } from '@tenon/data';
import { tiedScorer } from '@tenon/layers';
import { type GPT, gpt } from '@tenon/models';
import { valueAndGradients } from '@tenon/optim';
import {
  concat,
  dispose,
  equal,
  fill,
  range,
  reshape,
  type Scalar,
  slice,
  type Tensor2D,
  tidy,
  tile,
  where,
} from '@tensorflow/tfjs-core';
import type { Comparison } from '../comparison.ts';
import { readJson } from '../facts.ts';
import type { GoldenFamily } from '../family.ts';
import type { GoldenCase } from '../golden-case.ts';
import { type GPTTask, gptTask as taskOf } from '../gpt-tasks.ts';

export const gptTask: GoldenFamily = {
  family: 'gpt',
  knows: (kind) => kind === 'task',
  async run(golden, { comparison }) {
    const config = gpt.parseConfig(await readJson(golden.file('config.json')));
    const backbone = new OriginalGPT(gpt(config));
    using file = openSafetensors(golden.file('model.safetensors'));
    const outputs = file.weights.get('task_head.linear.weight')!.shape[0]!;
    const lmCoefficient = golden.facts.number('lm_coef');
    const task = taskOf(golden.facts.string('task'), { backbone, outputs, lmCoefficient });
    try {
      task.model.loadStateDict(
        new Map(
          [...file.weights].map(([name, stored]) => [
            name.replace(gpt.prefix, BODY).replace('task_head.linear.', 'classifier.'),
            stored,
          ]),
        ),
      );
      await compareTask(golden, backbone, task, comparison);
    } finally {
      task.model.dispose();
    }
  },
};

/** The original's GPT: it scores positions beside tokens. */
class OriginalGPT extends Module implements Backbone {
  readonly gpt: GPT;
  readonly hiddenSize: number;
  readonly headDefaults: HeadDefaults;
  readonly scorer: Scorer;

  constructor(model: GPT) {
    super();
    this.gpt = model;
    this.hiddenSize = model.hiddenSize;
    this.headDefaults = model.headDefaults;
    const both = (): Tensor2D => concat([model.tokens_embed.weight, model.positions_embed.weight]);
    this.scorer = {
      logits: (hidden) => tidy(() => tiedScorer(both()).logits(hidden)),
      negativeLogLikelihood: (hidden, targets) =>
        tidy(() => tiedScorer(both()).negativeLogLikelihood(hidden, targets)),
    };
  }

  encode(input: ModelInput, options?: EncodeOptions): Encoded {
    return this.gpt.encode(input, options);
  }
}

/** Where the model is in a task's model. */
const BODY = 'backbone.gpt.';

async function compareTask(
  golden: GoldenCase,
  backbone: OriginalGPT,
  task: GPTTask,
  comparison: Comparison,
): Promise<void> {
  const inputs = await golden.json('inputs.json');
  const expected = golden.tensors('golden.safetensors');
  const { facts } = golden;
  const specials = inputs.object('specials');
  const tokens = {
    start: specials.number('start'),
    delimiter: specials.number('delim'),
    extract: specials.number('clf'),
  };
  const groups = inputs.objects('texts').map((text) => task.rows(text, { tokens }));
  const rows = groups.flat();
  const batch = gptBatch(rows);
  const compare = (name: string, got: ArrayLike<number>): void =>
    comparison.numbers(name, got, expected.take(name).values);
  comparison.integers('padded_ids', batch.inputIds.dataSync(), inputs.nested('padded_ids').values);
  comparison.integers('mask', batch.attentionMask.dataSync(), inputs.nested('mask').values);
  comparison.integers(
    'sequences',
    rows.flatMap(({ ids }) => ids),
    (inputs.json('sequences') as number[][][]).flat(2),
  );

  tidy(() => {
    const { hiddenStates, lastHidden } = backbone.encode(
      { inputIds: batch.inputIds },
      { hiddenStates: true },
    );
    for (const [i, states] of hiddenStates!.slice(1).entries()) {
      compare(`hidden_states.${i + 1}`, states.dataSync());
    }
    const [N, T] = batch.inputIds.shape;
    const logits = backbone.gpt.scorer.logits(slice(lastHidden, [0, 0, 0], [N, T - 1, -1])); // in the width of the tokens
    compare('lm_logits_truncated', logits.dataSync());
    compare('task_logits', task.logits(batch).dataSync());
  });

  const labels = inputs.numbers('labels');
  const part = (name: 'task' | 'lm', made: GPTBatch, numbers: number[]): number =>
    tidy(() => task.loss(made, numbers).parts![name]!.dataSync()[0]!);
  compare(
    'clf_losses',
    groups.map((group, i) => tidy(() => part('task', gptBatch(group), [labels[i]!]))),
  );
  compare(
    'lm_losses',
    rows.map((_, row) =>
      tidy(() => part('lm', { ...batch, lmLabels: labelsOfRow(batch.lmLabels, row) }, labels)),
    ),
  );
  comparison.number('clf_loss_mean', part('task', batch, labels), facts.number('clf_loss_mean'));
  comparison.number('lm_loss_mean', part('lm', batch, labels), facts.number('lm_loss_mean'));
  compareGradients(golden, task.model, comparison, () => tidy(() => task.loss(batch, labels).loss));
  dispose({ ...batch });
}

/** The labels of one row alone. */
function labelsOfRow(labels: Tensor2D, row: number): Tensor2D {
  const [N, T] = labels.shape;
  const isRow = tile(reshape(equal(range(0, N, 1, 'int32'), row), [N, 1]), [1, T]);
  return where(isRow, labels, fill([N, T], -100, 'int32'));
}

function compareGradients(
  golden: GoldenCase,
  model: TaskModel,
  comparison: Comparison,
  loss: () => Scalar,
): void {
  const expected = golden.tensors('grads.safetensors');
  const names = new Map<string, Parameter>();
  for (const [path, parameter] of model.parameters()) {
    const name = path.replace(BODY, gpt.prefix).replace('classifier.', 'task_head.linear.');
    if (expected.has(name)) names.set(name, parameter);
  }
  const { value, gradients } = valueAndGradients(loss, names);
  comparison.number('loss', value.dataSync()[0]!, golden.facts.number('loss'));
  for (const [name, gradient] of gradients) {
    comparison.numbers(`gradient ${name}`, gradient.dataSync(), expected.take(name).values);
  }
  dispose([value, ...gradients.values()]);
}
