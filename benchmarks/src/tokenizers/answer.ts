/** One measurement in a process of its own. */
export type Job = (...args: string[]) => Promise<object>;

/** Does the job that the first argument names; the answer is the last line of the output, in JSON. */
export async function answer(jobs: Readonly<Record<string, Job>>): Promise<void> {
  const [name, ...args] = process.argv.slice(2);
  const start = performance.now();
  const result = await jobs[name!]!(...args);
  const milliseconds = performance.now() - start;
  const peakMB = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(`\n${JSON.stringify({ milliseconds, peakMB, ...result })}`);
}
