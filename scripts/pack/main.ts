// Packs every package as it would be published and uses the tarballs as strangers would.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packages } from '../workspace.ts';
import { consume } from './consumer.ts';
import { inspect, pack } from './tarball.ts';

const scratch = mkdtempSync(join(tmpdir(), 'tenon-pack-'));
try {
  const tarballs = packages().map((found) => pack(found, join(scratch, 'tarballs')));
  const problems = tarballs.flatMap((tarball) => {
    const found = inspect(tarball);
    if (found.length === 0) console.log(`ok  ${tarball.name}: ${tarball.files.length} files, publint, attw`);
    return found;
  });
  problems.push(...consume('npm', tarballs, join(scratch, 'npm')));
  problems.push(...consume('pnpm', tarballs, join(scratch, 'pnpm')));
  for (const problem of problems) console.error(`\n${problem}`);
  if (problems.length > 0) process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
