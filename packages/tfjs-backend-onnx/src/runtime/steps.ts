// A computation that runs on both kinds of runtime is written once, as a generator: it pauses where an
// asynchronous runtime gives a promise, and whoever drives it goes on with what the promise came to.

export type Steps<Result> = Generator<unknown, Result, unknown>;

/** Pauses for a result that may be a promise. */
export function* waitFor<T>(result: T | Promise<T>): Steps<T> {
  // What the driver gives back: the result itself, or what the promise came to.
  return (yield result) as T;
}

/** Goes through a computation whose results are all there at once. */
export function finish<Result>(steps: Steps<Result>): Result {
  let step = steps.next();
  while (!step.done) step = steps.next(step.value);
  return step.value;
}

/** Goes through a computation, waiting for its promises. */
export async function finishLater<Result>(steps: Steps<Result>): Promise<Result> {
  let step = steps.next();
  while (!step.done) {
    let result: unknown;
    try {
      result = await step.value;
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(result);
  }
  return step.value;
}
