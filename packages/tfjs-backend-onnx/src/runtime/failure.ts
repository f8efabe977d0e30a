import { operationName } from '../graph/build-model.ts';
import type { Schedule } from '../graph/schedule.ts';
import { isLiteral, type LazyValue, type Operation } from '../graph/value.ts';

/** Why a graph could not be computed: ONNX Runtime's message, with the tfjs kernel and the shapes that it is about. */
export interface Failure {
  readonly error: Error;
  /** The operation at fault, where it is known. */
  readonly operation: Operation | undefined;
}

/** Runs `body`; what it throws is the fault of that operation. */
export function blaming<Result>(operation: Operation, body: () => Result): Result {
  try {
    return body();
  } catch (error) {
    blamed.set(error as Error, operation); // all that our own code throws is an Error
    throw error;
  }
}

const blamed = new WeakMap<Error, Operation>();

/** Finds the operation at fault: the one that was blamed, or that ONNX Runtime's message names. */
export function failure(cause: unknown, plan: Schedule): Failure {
  const message = cause instanceof Error ? cause.message : String(cause);
  // The name of a node, or of one that ONNX Runtime made of it; #1 is not #12.
  const operation =
    blamed.get(cause as Error) ??
    plan.operations.find((candidate) => {
      const name = operationName(candidate);
      const at = message.indexOf(name);
      return at >= 0 && !/\d/.test(message[at + name.length] ?? '');
    });
  const where = operation
    ? `the tfjs kernel ${operation.kernel} (as ${describe(operation)})`
    : `a graph of ${plan.operations.length} operations recorded by ${kernelsOf(plan)}`;
  const error = new Error(
    `onnx backend: ONNX Runtime could not run ${where}. Got: ${message}${advice(message)}`,
    { cause },
  );
  return { error, operation };
}

/** A failure of an operation on the host. */
export function hostFailure(cause: unknown, operation: Operation): Failure {
  const message = cause instanceof Error ? cause.message : String(cause);
  const error = new Error(
    `onnx backend: the tfjs kernel ${operation.kernel} (as ${describe(operation)} on the host) failed. Got: ${message}${advice(message)}`,
    { cause },
  );
  return { error, operation };
}

/** Splits outputs into those that need the operation and those that can be computed without it. */
export function dependents(
  operation: Operation,
  { operations, outputs }: Schedule,
): { dependent: LazyValue[]; independent: LazyValue[] } {
  const needing = new Set([operation]);
  // In an order in which they run, so that inputs come before their users.
  for (const later of operations) {
    const needs = later.inputs.some(
      (input) => !isLiteral(input) && input.operation && needing.has(input.operation),
    );
    if (needs) needing.add(later);
  }
  // The operation of an output that is put together in memory is not among them.
  const needsIt = ({ operation }: LazyValue): boolean =>
    needing.has(operation!) ||
    operation!.inputs.some((input) => !isLiteral(input) && input.operation && needing.has(input.operation));
  return { dependent: outputs.filter(needsIt), independent: outputs.filter((output) => !needsIt(output)) };
}

function advice(message: string): string {
  return /allocate memory|bad_alloc|allocation failed|array length/i.test(message)
    ? ' Memory ran out: dispose of tensors that are no longer needed (tf.tidy does), or make the batch smaller.'
    : '';
}

function describe({ type, inputs, outputs }: Operation): string {
  const taken = inputs.map((input) =>
    isLiteral(input) ? `constant [${input.dims}]` : `${input.type} [${input.shape}]`,
  );
  const made = outputs.map((output) => `${output.type} [${output.shape}]`);
  return `${type}(${taken.join(', ')}) -> ${made.join(', ')}`;
}

function kernelsOf(plan: Schedule): string {
  return [...new Set(plan.operations.map(({ kernel }) => kernel))].slice(0, 8).join(', ');
}
