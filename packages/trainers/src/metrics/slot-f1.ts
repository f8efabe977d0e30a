import { TenonError } from '@tenon/core';
import { assertPairs } from './pairs.ts';
import { type Counts, countsOf, type Scores, scoresOf, total } from './scores.ts';
import { type TagEntity, type TagScheme, tagEntities } from './tag-entities.ts';

export interface SlotF1Options {
  /** @default 'conlleval' */
  readonly scheme?: TagScheme;
}

/** The scores of all entities counted together (micro). */
export interface SlotScores extends Scores {
  /** The scores of each type of entity, by its name. */
  readonly perType: ReadonlyMap<string, Scores>;
}

/**
 * Precision, recall and F1 of the entities that tags mark (slots, names). One is right when its type, its first and its
 * last word are. The numbers are those of conlleval, of seqeval's `f1_score` and, as percentages, of `computeF1Score` in
 * SlotGated-SLU.
 *
 * @param labels the tags of each sentence
 * @throws {TenonError} when there is no sentence, lengths differ, or a tag or the scheme is not known.
 * @example
 * ```ts
 * import { slotF1 } from '@tenon/trainers/metrics';
 *
 * const labels = [['O', 'B-dest', 'O', 'B-time', 'I-time']]; // to Taipei on November 2nd
 * const { f1, perType } = slotF1(labels, [['O', 'B-dest', 'O', 'B-time', 'O']]);
 * console.log(f1, perType.get('dest')?.f1); // 0.5 1
 * ```
 * @see Tjong Kim Sang and De Meulder 2003, Introduction to the CoNLL-2003 shared task
 */
export function slotF1(
  labels: readonly (readonly string[])[],
  predictions: readonly (readonly string[])[],
  { scheme = 'conlleval' }: SlotF1Options = {},
): SlotScores {
  assertPairs('slotF1', labels, predictions);
  const counts = new Map<string, Counts>();
  for (const [i, tags] of labels.entries()) {
    const predicted = predictions[i]!;
    assertTags(i, tags, predicted);
    const there = new Set<string>();
    for (const entity of tagEntities(tags, scheme)) {
      countsOf(counts, entity.type).there++;
      there.add(keyOf(entity));
    }
    for (const entity of tagEntities(predicted, scheme)) {
      const count = countsOf(counts, entity.type);
      count.predicted++;
      if (there.has(keyOf(entity))) count.right++;
    }
  }
  const types = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...scoresOf(total(counts.values())),
    perType: new Map(types.map(([type, count]) => [type, scoresOf(count)])),
  };
}

const keyOf = ({ type, start, end }: TagEntity): string => `${start} ${end} ${type}`;

function assertTags(sentence: number, tags: readonly string[], predicted: readonly string[]): void {
  if (tags.length === predicted.length) return;
  throw new TenonError({
    subject: `slotF1: sentence ${sentence}`,
    expected: `${tags.length} predicted tags, one for each word`,
    got: String(predicted.length),
    advice: 'Predict a tag for each word; `wordTags` of @tenon/data brings word pieces back to words.',
  });
}
