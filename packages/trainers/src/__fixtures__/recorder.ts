import type { TrainerCallback } from '../trainer-callback.ts';

type Name = Exclude<keyof TrainerCallback, 'saved'>;
type EventOf<N extends Name> = Parameters<NonNullable<TrainerCallback[N]>>[0];

/** An event with the name of its method. */
export type Recorded = { [N in Name]: EventOf<N> & { readonly name: N } }[Name];

/** The events of steps, evaluations and the like; those that come with each step are left out. */
const NAMES = [
  'onTrainBegin',
  'onStepEnd',
  'onEvaluate',
  'onSave',
  'onTrainEnd',
  'onWarning',
  'onError',
] as const satisfies readonly Name[];

/** A callback that writes down what it is told. */
export function recorder(names: readonly Name[] = NAMES): { events: Recorded[]; callback: TrainerCallback } {
  const events: Recorded[] = [];
  const method = (name: Name) => (event: object) => void events.push({ name, ...event } as Recorded);
  return { events, callback: Object.fromEntries(names.map((name) => [name, method(name)])) };
}
