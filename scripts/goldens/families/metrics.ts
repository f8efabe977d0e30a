// metrics/*.json: rows of labels, predictions and scores. No tensors: what the backends say is the same.
import { normalizeAnswer, slotF1, squadScore } from '@tenon/trainers/metrics';
import { type Comparison, FLOAT64 } from '../comparison.ts';
import type { Facts } from '../facts.ts';
import type { GoldenFamily } from '../family.ts';

type Check = (row: Facts, name: string, comparison: Comparison) => void;

const CHECKS: Readonly<Record<string, Check>> = { slot_f1: checkSlots, squad: checkAnswers };

export const metrics: GoldenFamily = {
  family: 'metrics',
  knows: (kind) => Object.hasOwn(CHECKS, kind),
  async run(golden, { comparison }) {
    for (const [i, row] of golden.facts.objects('rows').entries()) {
      CHECKS[golden.kind]!(row, `row ${i}`, comparison);
    }
  },
};

/** SlotGated-SLU's scores are percentages. */
function checkSlots(row: Facts, name: string, comparison: Comparison): void {
  const [labels, predictions] = [sentences(row, 'correct'), sentences(row, 'pred')];
  const { precision, recall, f1 } = slotF1(labels, predictions);
  const expected = ['precision', 'recall', 'f1'].map((score) => row.number(score) / 100);
  comparison.numbers(name, [precision, recall, f1], expected, FLOAT64);
}

function checkAnswers(row: Facts, name: string, comparison: Comparison): void {
  const [gold, predicted] = [row.string('gold'), row.string('pred')];
  const { exactMatch, f1 } = squadScore([gold === '' ? [] : [gold]], [predicted]);
  const expected = [row.number('exact'), row.number('f1')];
  comparison.numbers(name, [exactMatch / 100, f1 / 100], expected, FLOAT64);
  comparison.strings(`${name} normalised`, [gold, predicted].map(normalizeAnswer), [
    row.string('norm_gold'),
    row.string('norm_pred'),
  ]);
}

/** Lists of tags: strings, which `Facts` has no nested lists of. */
function sentences(row: Facts, name: string): string[][] {
  const json = row.json(name);
  return Array.isArray(json) ? json.map((tags) => (Array.isArray(tags) ? tags.map(String) : [])) : [];
}
