// Tests, and the programs that they start, get a folder for temporary files of their own, which goes with the run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function ownTempFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-test-'));
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder; // what Node's tmpdir() reads
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
