// gpt/task: GPT's input transformations with the heads of its fine-tuning, in the layout of OpenAI's program.
//
// That program scores tokens and positions together: its language model's softmax spans the rows of both tables.
import { openSafetensors } from '@tenon/checkpoints';
import { linearCrossEntropy, type Parameter, type TaskModel } from '@tenon/core';
import { type GPTBatch, gptBatch } from '@tenon/data';
import { type GPT, gpt } from '@tenon/models';
import { valueAndGradients } from '@tenon/optim';
import {
  add,
  concat,
  dispose,
  div,
  greaterEqual,
  mean,
  mul,
  type Rank,
  reshape,
  type Scalar,
  slice,
  sum,
  type Tensor1D,
  type Tensor2D,
  tidy,
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
    const backbone = gpt(config);
    using file = openSafetensors(golden.file('model.safetensors'));
    const outputs = file.weights.get('task_head.linear.weight')!.shape[0]!;
    const task = taskOf(golden.facts.string('task'), backbone, outputs);
    try {
      task.model.loadStateDict(
        new Map(
          [...file.weights].map(([name, stored]) => [
            name.replace(gpt.prefix, 'backbone.').replace('task_head.linear.', 'classifier.'),
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

async function compareTask(
  golden: GoldenCase,
  backbone: GPT,
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
    const logits = backbone.scorer.logits(slice(lastHidden, [0, 0, 0], [N, T - 1, -1])); // in the width of the tokens
    compare('lm_logits_truncated', logits.dataSync());
    compare('task_logits', task.logits(batch).dataSync());
    compare('lm_losses', languageModelLosses(backbone, batch).dataSync());
  });

  const labels = inputs.numbers('labels');
  const losses = groups.map((group, i) =>
    tidy(() => task.loss(gptBatch(group), [labels[i]!]).dataSync()[0]!),
  );
  compare('clf_losses', losses);
  comparison.number(
    'clf_loss_mean',
    tidy(() => task.loss(batch, labels).dataSync()[0]!),
    facts.number('clf_loss_mean'),
  );

  compareGradients(golden, task.model, comparison, () =>
    tidy(() => {
      const lm = mean<Scalar>(languageModelLosses(backbone, batch));
      return add(task.loss(batch, labels), mul(lm, facts.number('lm_coef')));
    }),
  );
  comparison.number(
    'lm_loss_mean',
    tidy(() => mean(languageModelLosses(backbone, batch)).dataSync()[0]!),
    facts.number('lm_loss_mean'),
  );
  dispose({ ...batch });
}

/** The mean of each sequence over its next tokens, [N], by a softmax over the rows of tokens and of positions. */
function languageModelLosses(model: GPT, { inputIds, lmLabels }: GPTBatch): Tensor1D {
  const [N, T] = inputIds.shape;
  const { lastHidden } = model.encode({ inputIds });
  const hidden = reshape<Rank.R2>(slice(lastHidden, [0, 0, 0], [N, T - 1, -1]), [-1, model.hiddenSize]);
  const both = concat<Tensor2D>([model.tokens_embed.weight, model.positions_embed.weight]);
  const targets = reshape<Rank.R1>(slice(lmLabels, [0, 1], [N, T - 1]), [-1]);
  const nll = linearCrossEntropy(hidden, both, targets);
  const perRow = (values: Tensor1D): Tensor1D => sum(reshape(values, [N, T - 1]), 1);
  return div(perRow(nll), perRow(mul(greaterEqual(targets, 0), 1)));
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
    const name = path.replace('backbone.', gpt.prefix).replace('classifier.', 'task_head.linear.');
    if (expected.has(name)) names.set(name, parameter);
  }
  const { value, gradients } = valueAndGradients(loss, names);
  comparison.number('loss', value.dataSync()[0]!, golden.facts.number('loss'));
  for (const [name, gradient] of gradients) {
    comparison.numbers(`gradient ${name}`, gradient.dataSync(), expected.take(name).values);
  }
  dispose([value, ...gradients.values()]);
}
