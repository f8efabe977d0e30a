const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * A signal that is aborted by the first Ctrl-C (or a polite `kill`), for `train({ signal })`: the step is
 * finished and a checkpoint written. The second one ends the process at once, as if nothing was caught.
 * Disposing of it gives Ctrl-C back its usual meaning.
 *
 * @example
 * ```ts
 * import { interruptSignal } from '@tenon/trainers';
 *
 * using signal = interruptSignal();
 * console.log(signal.aborted); // false, until Ctrl-C
 * ```
 */
export function interruptSignal(): AbortSignal & Disposable {
  const controller = new AbortController();
  const release = (): void => {
    for (const name of SIGNALS) process.off(name, interrupt);
  };
  const interrupt = (): void => {
    release();
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, interrupt);
  return Object.assign(controller.signal, { [Symbol.dispose]: release });
}
