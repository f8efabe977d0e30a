/** What a command works with: a process's own, or a test's. */
export interface CommandContext {
  readonly stdin: AsyncIterable<string>;
  readonly stdout: CommandOutput;
  readonly stderr: CommandOutput & { readonly isTTY?: boolean };
  readonly signal: AbortSignal;
}

interface CommandOutput {
  write(text: string): unknown;
}

export interface Command {
  readonly help: string;
  run(args: string[], context: CommandContext): Promise<void>;
}
