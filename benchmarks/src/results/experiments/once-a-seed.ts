import type { ArmContext } from '../experiment.ts';

/** What several arms start from is made once for each seed: a pre-trained model, for instance. */
export function onceASeed<Made>(
  make: (context: ArmContext) => Promise<Made>,
): (context: ArmContext) => Promise<Made> {
  const made = new Map<number, Promise<Made>>();
  return (context) => {
    const known = made.get(context.seed) ?? make(context);
    made.set(context.seed, known);
    return known;
  };
}
