// What the memory is worth, by how far back lies what a word asks for.
import { barChart, type ReportSection } from '@tenon/trainers/report';
import type { TokenLoss } from './losses.ts';

export interface LossGroup {
  readonly name: string;
  readonly count: number;
  /** The mean loss in nats. */
  readonly loss: number;
}

/** Tokens that recall something, by how many segments ago it was said, and all other tokens. */
export function byDistance(
  losses: readonly TokenLoss[],
  recalls: ReadonlyMap<number, number>,
  segment: number,
): LossGroup[] {
  const groups = [0, 1, 2, 3].map((segments): [name: string, losses: number[]] => {
    const from = segments * segment;
    return [segments === 3 ? `${from} and more` : `${from} to ${from + segment - 1}`, []];
  });
  const others: number[] = [];
  for (const { place, loss } of losses) {
    const distance = recalls.get(place);
    if (distance === undefined) others.push(loss);
    else groups[Math.min(3, Math.floor(distance / segment))]![1].push(loss);
  }
  const name = recalls.size === 0 ? 'all' : 'all other words';
  return [...groups, [name, others] as const].flatMap(([name, group]) => {
    const count = group.length;
    return count === 0 ? [] : { name, count, loss: group.reduce((sum, loss) => sum + loss, 0) / count };
  });
}

/** The groups as bars, with the memory and without. */
export function recallSection(
  remembering: readonly LossGroup[],
  forgetting: readonly LossGroup[],
): ReportSection {
  const bars = (groups: readonly LossGroup[], series: string) =>
    groups.map(({ name, loss }) => ({ name, value: loss, series }));
  return {
    title: 'What the memory is worth',
    text:
      remembering.length === 1
        ? 'The loss of the held-out text, read with the memory of the segments before and without.'
        : 'The loss of held-out words that ask for a name, a colour, a number, a cargo or a town of the story, by how many words ago it was said; below, that of all other words.',
    charts: [
      barChart({
        bars: [...bars(remembering, 'with memory'), ...bars(forgetting, 'without memory')],
        value: 'mean loss in nats',
        horizontal: true,
      }),
    ],
  };
}
