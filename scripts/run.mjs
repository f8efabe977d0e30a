// Starts a TypeScript program of this repository from source:  node scripts/run.mjs FILE [arguments].
// A launcher is needed because two things must be set before Node starts: the export condition that
// points the packages at their sources, and, on Linux, huge pages for the C library's allocator
// (matrices of some megabytes multiply up to twice as fast on them; docs/log.md has the measurement).
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const [program, ...args] = process.argv.slice(2);
const env = { ...process.env };
if (process.platform === 'linux' && !env.GLIBC_TUNABLES) env.GLIBC_TUNABLES = 'glibc.malloc.hugetlb=1';

const child = spawn(
  process.execPath,
  ['--conditions=@tenon/source', '--import', 'tsx', ...(env.TENON_NODE_ARGS?.split(' ') ?? []), program, ...args],
  { stdio: 'inherit', env },
);
// Ctrl-C reaches the child by itself (same terminal); the launcher only has to outlive it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => { if (signal !== 'SIGINT') child.kill(signal); });
}
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
});
