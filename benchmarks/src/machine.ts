import { availableParallelism, cpus, totalmem } from 'node:os';

/** What the figures of a run depend on, for its record. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly node: string;
  readonly platform: string;
  /** Huge pages for the C library's allocator (scripts/run.mjs), or what is set instead. */
  readonly glibcTunables: string;
}

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    glibcTunables: process.env['GLIBC_TUNABLES'] ?? 'not set',
  };
}

export function formatMachine({ cpu, cores, memoryGB, platform, node, glibcTunables }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGB} GB, ${platform}, Node ${node}, GLIBC_TUNABLES ${glibcTunables}`;
}
