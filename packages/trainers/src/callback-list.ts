import { type Json, TenonError } from '@tenon/core';
import type { ErrorEvent, TrainerCallback, TrainerControl, WarningEvent } from './trainer-callback.ts';

type EventName = Exclude<keyof TrainerCallback, 'saved'>;
type EventOf<Name extends EventName> = Parameters<NonNullable<TrainerCallback[Name]>>[0];

/** The callbacks of a run: tells them what happens, one after another, and keeps their states. */
export class CallbackList {
  readonly control: TrainerControl = {
    shouldTrainingStop: false,
    shouldEvaluate: false,
    shouldSave: false,
    shouldLog: false,
  };
  readonly #callbacks: readonly TrainerCallback[];

  /** @throws {TenonError} when two callbacks would save their states under one name. */
  constructor(callbacks: readonly TrainerCallback[]) {
    this.#callbacks = callbacks;
    const names = callbacks.flatMap(({ saved }) => saved?.name ?? []);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice === undefined) return;
    throw new TenonError({
      subject: 'callbacks',
      expected: 'a name of its own for each state that is saved',
      got: `${twice} twice`,
      advice: 'Pass only one callback of a kind, or give each its own name.',
    });
  }

  /** Where no callback listens for warnings, they go to the console: nobody would see them else. */
  async warn(event: WarningEvent): Promise<void> {
    if (this.#callbacks.some(({ onWarning }) => onWarning !== undefined)) await this.tell('onWarning', event);
    else console.warn(event.message);
  }

  /** Each is told, and what one throws now hides neither from the others nor from the caller why the run failed. */
  async tellError(event: ErrorEvent): Promise<void> {
    for (const callback of this.#callbacks) {
      try {
        await callback.onError?.(event, this.control);
      } catch {}
    }
  }

  async tell<Name extends EventName>(name: Name, event: EventOf<Name>): Promise<void> {
    for (const callback of this.#callbacks) {
      // TypeScript does not see that the event of a name belongs to the method of that name.
      const method = callback[name] as ((event: unknown, control: TrainerControl) => unknown) | undefined;
      await method?.call(callback, event, this.control);
    }
  }

  /** Whether a callback asked for it since the last time. */
  take(what: Exclude<keyof TrainerControl, 'shouldTrainingStop'>): boolean {
    const asked = this.control[what];
    this.control[what] = false;
    return asked;
  }

  save(): Record<string, Json> {
    return Object.fromEntries(
      this.#callbacks.flatMap(({ saved }) => (saved === undefined ? [] : [[saved.name, saved.save()]])),
    );
  }

  /** A callback that the checkpoint does not know begins anew. */
  load(states: Readonly<Record<string, Json>>): void {
    for (const { saved } of this.#callbacks) {
      const state = saved && states[saved.name];
      if (state !== undefined) saved!.load(state);
    }
  }
}
