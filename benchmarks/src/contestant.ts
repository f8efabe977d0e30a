// A program that computes, in a process of its own, and only when it is asked for steps.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { TenonError } from '@tenon/core';

/** How to start a program that speaks the protocol described in `peers/protocol.py`. */
export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What is known of it before it runs, for the report. */
  readonly facts?: Facts;
}

/** What it says of itself when it is ready: versions, threads. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

export interface Block {
  /** A figure a step. */
  readonly milliseconds: readonly number[];
  /** Of all threads together, a figure a step. */
  readonly processorMilliseconds: readonly number[];
  /** Of the last step. */
  readonly loss: number;
  /** The most memory that the process had resident so far. */
  readonly peakMB: number;
}

/** The answer to the first request. Everything else in it is a fact. */
interface Ready {
  readonly ready: true;
  readonly check?: readonly number[];
  readonly [fact: string]: unknown;
}

export class Contestant {
  readonly name: string;
  readonly facts: Facts;
  /** Numbers that do not depend on who computes them. */
  readonly check: readonly number[];
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  private constructor(
    name: string,
    { check = [], ready: _, ...facts }: Ready,
    child: ChildProcess,
    answers: AsyncIterator<string>,
  ) {
    this.name = name;
    this.facts = facts as Facts;
    this.check = check;
    this.#child = child;
    this.#answers = answers;
  }

  /** Starts the program and waits until its model is built. */
  static async start(program: Program, request: object): Promise<Contestant> {
    const child = spawn(program.command, program.args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...program.env },
    });
    child.stdin.on('error', () => {}); // It ended: the missing answer says so.
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ready = await ask<Ready>(program.name, child, answers, request);
    return new Contestant(program.name, { ...ready, ...program.env, ...program.facts }, child, answers);
  }

  /** Has it compute, and waits. */
  run(steps: number): Promise<Block> {
    return ask(this.name, this.#child, this.#answers, { steps });
  }

  /** Lets it end. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin?.end();
    // A signal (out of memory, for instance) may have ended it before: then no event is to come.
    if (this.#child.exitCode === null && this.#child.signalCode === null) await ended;
  }
}

async function ask<Answer>(
  name: string,
  child: ChildProcess,
  answers: AsyncIterator<string>,
  request: object,
): Promise<Answer> {
  child.stdin?.write(`${JSON.stringify(request)}\n`);
  const { value, done } = await answers.next();
  if (done === true) {
    throw new TenonError({
      subject: name,
      expected: 'an answer',
      got: 'the end of the program',
      advice: 'What it printed above says why.',
    });
  }
  return JSON.parse(value) as Answer;
}
