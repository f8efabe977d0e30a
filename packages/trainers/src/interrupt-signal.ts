const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** A group of processes may pass the same Ctrl-C on to each other: what comes within this time is the first one's echo. */
const ECHO_MS = 1000;

/**
 * A signal that is aborted by the first Ctrl-C (or polite `kill`), for `train({ signal })`: the step is
 * finished and a checkpoint written. A second one, a second later or more, ends the process at once.
 * The abort's reason is the signal's name. Disposing gives Ctrl-C back its usual meaning.
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
  let first: number | undefined;
  const release = (): void => {
    for (const name of SIGNALS) process.off(name, interrupt);
  };
  const interrupt = (name: NodeJS.Signals): void => {
    if (first === undefined) {
      first = performance.now();
      controller.abort(name);
    } else if (performance.now() - first >= ECHO_MS) {
      release();
      process.kill(process.pid, name); // now nobody catches it
    }
  };
  for (const name of SIGNALS) process.on(name, interrupt);
  return Object.assign(controller.signal, { [Symbol.dispose]: release });
}
