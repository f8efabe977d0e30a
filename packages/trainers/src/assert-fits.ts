import { type BaseModel, TenonError } from '@tenon/core';
import type { FineTuningTask } from './fine-tuning-task.ts';

/** What a task asks of its model. */
type Demands = Pick<FineTuningTask<never, never, never, never, never>, 'modelLabels' | 'maxLength'>;

/**
 * Checks that a model and a task belong together, before anything is computed.
 *
 * @param model a head on a backbone, or anything else: what it does not tell of itself is not checked.
 * @throws {TenonError} about labels that are not the task's, and texts that are longer than the model can read.
 */
export function assertFits(model: object, { modelLabels, maxLength }: Demands): void {
  // What heads have: see TaskModel of @tenon/core.
  const { labels, backbone } = model as { labels?: readonly string[]; backbone?: BaseModel };
  if (modelLabels !== undefined && Array.isArray(labels)) assertLabels(labels, modelLabels);
  const { contextLength } = backbone ?? {};
  if (maxLength === undefined || contextLength === undefined || maxLength <= contextLength) return;
  throw new TenonError({
    subject: 'maxLength of the task',
    expected: `at most the model's contextLength, ${contextLength}`,
    got: String(maxLength),
    advice: `Pass the task maxLength: ${contextLength} or less, or take a model with a larger contextLength.`,
  });
}

function assertLabels(labels: readonly string[], wanted: readonly string[] | number): void {
  const names = typeof wanted === 'number' ? [] : wanted;
  const count = typeof wanted === 'number' ? wanted : names.length;
  if (labels.length !== count) {
    throw new TenonError({
      subject: "the model's labels",
      expected: `${count}, as the task has${names.length === 0 ? '' : ` (${shown(names)})`}`,
      got: `${labels.length} (${shown(labels)})`,
      advice: 'Make the head with the labels of the task, in the same order.',
    });
  }
  // A head may have names of its own, LABEL_0 for instance; the same ones in another order are a mistake.
  const wrong = names.findIndex((name, i) => name !== labels[i]);
  if (wrong < 0 || !names.every((name) => labels.includes(name))) return;
  throw new TenonError({
    subject: "the model's labels",
    expected: `the task's, in its order: ${shown(names)}`,
    got: shown(labels),
    advice: "Give one of the two the other's order.",
  });
}

/** The first few. */
const shown = (names: readonly string[]): string =>
  names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')}, …`;
