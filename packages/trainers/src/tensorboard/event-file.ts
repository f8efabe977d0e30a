import { appendFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type EventContent, eventRecord } from './event-record.ts';

const PREFIX = 'events.out.tfevents.';

/**
 * A new event file. Each event is handed to the system whole, at once: a process that is killed leaves a file that
 * ends with a whole event, or with a torn one that TensorBoard passes over.
 */
export class EventFile {
  readonly #path: string;

  /** @param from what older files say of this step and of later ones is out of date. @default it all holds */
  constructor(folder: string, from?: number) {
    mkdirSync(folder, { recursive: true });
    this.#path = join(folder, newName(folder));
    this.#write(from ?? 0, { fileVersion: 'brain.Event:2' });
    if (from !== undefined) this.#write(from, { sessionStart: true });
  }

  scalars(step: number, scalars: Readonly<Record<string, number>>): void {
    this.#write(step, { scalars });
  }

  /** @param markdown TensorBoard shows it as such. */
  text(step: number, tag: string, markdown: string): void {
    this.#write(step, { text: { tag, markdown } });
  }

  #write(step: number, content: EventContent): void {
    appendFileSync(this.#path, eventRecord(Date.now() / 1000, step, content));
  }
}

/** TensorBoard reads a folder's files in the order of their names: a new one has to come last. */
function newName(folder: string): string {
  const times = readdirSync(folder).flatMap((name) =>
    name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) || [] : [],
  );
  return `${PREFIX}${Math.max(Math.floor(Date.now() / 1000), ...times.map((time) => time + 1))}.tenon`;
}
