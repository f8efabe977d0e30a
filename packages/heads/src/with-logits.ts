import type { Logits, ObjectiveValue, StepContext } from '@tenon/core';

/** A loss, with the logits that it is of where the context asks for them. */
export function withLogits<Value extends ObjectiveValue>(
  value: Value,
  logits: Logits,
  context: StepContext,
): Value & Pick<ObjectiveValue, 'logits'> {
  return context.logits ? { ...value, logits } : value;
}
