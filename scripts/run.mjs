// Starts a TypeScript program of this repository from source:  node scripts/run.mjs FILE [arguments].
// A launcher is needed because two things must be set before Node starts: the export condition that
// points the packages at their sources, and, on Linux, huge pages for the C library's allocator
// (a training step takes about a seventh less time on them; docs/log.md has the measurement).
// TENON_NODE_ARGS adds options of Node's own: TENON_NODE_ARGS=--cpu-prof.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';

const [program, ...args] = process.argv.slice(2);
if (program === undefined) {
  console.error(
    'run.mjs: expected a TypeScript file, got nothing. Do: node scripts/run.mjs FILE [arguments].',
  );
  process.exit(2);
}
const env = { ...process.env };
if (process.platform === 'linux') env.GLIBC_TUNABLES ??= 'glibc.malloc.hugetlb=1';

const loaders = ['tsx', './source-hooks.mjs', './worker-hooks.mjs', './end-with-launcher.mjs'].map((loader) =>
  import.meta.resolve(loader),
);
const child = spawn(
  process.execPath,
  [
    '--conditions=@tenon/source',
    ...loaders.flatMap((loader) => ['--import', loader]),
    ...(env.TENON_NODE_ARGS?.split(' ') ?? []),
    program,
    ...args,
  ],
  // The fourth is the channel by which the program learns that this process is gone.
  { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env },
);

// Ctrl-C at a terminal reaches the child by itself: passed on as well, it would count as pressed twice.
const atTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !atTerminal) child.kill(signal);
  });
}
// `kill -9` on npm reaches neither its shell nor anybody below: without this, the program would go on unseen.
// (Where the parent of another process cannot be read from /proc, only the death of the shell is noticed.)
if (env.npm_lifecycle_event !== undefined) {
  const before = ancestors();
  setInterval(() => {
    if (ancestors() !== before) process.kill(process.pid, 'SIGKILL');
  }, 100).unref();
}

/** The numbers of this process's parent, npm's shell, and of that one's, npm. They change when one of them dies. */
function ancestors() {
  const status = `/proc/${process.ppid}/stat`;
  const npm = existsSync(status) ? readFileSync(status, 'utf8').replace(/^.*\)/s, '').split(' ')[2] : '';
  return `${process.ppid} ${npm}`;
}

child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
});
