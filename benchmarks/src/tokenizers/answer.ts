import { existsSync, readFileSync } from 'node:fs';

/** One measurement in a process of its own. */
export type Job = (...args: string[]) => Promise<object>;

/** What `getrusage` says on Linux is at least what the parent had in use when it started this process. */
function peakKilobytes(): number {
  const status = '/proc/self/status';
  const own = existsSync(status) ? /^VmHWM:\s*(\d+)/m.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
  return own === undefined ? process.resourceUsage().maxRSS : Number(own);
}

/** Does the job that the first argument names; the answer is the last line of the output, in JSON. */
export async function answer(jobs: Readonly<Record<string, Job>>): Promise<void> {
  const [name, ...args] = process.argv.slice(2);
  const start = performance.now();
  const result = await jobs[name!]!(...args);
  const milliseconds = performance.now() - start;
  const peakMB = Math.round(peakKilobytes() / 1024);
  console.log(`\n${JSON.stringify({ milliseconds, peakMB, ...result })}`);
}
