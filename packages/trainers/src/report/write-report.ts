import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeTextFile } from '@tenon/checkpoints';
import { type ReportContent, renderReport } from './render-report.ts';

/**
 * Writes a page that needs nothing but itself: see `renderReport`. Its folder is made where there is none.
 *
 * @throws {TenonError} with the system's reason, a full disk for instance; then an old file is kept.
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { writeReport } from '@tenon/trainers/report';
 *
 * const file = join(mkdtempSync(join(tmpdir(), 'report-')), 'report.html');
 * await writeReport(file, { title: 'A run', sections: [{ title: 'Result', text: 'All went well.' }] });
 * ```
 */
export async function writeReport(file: string, content: ReportContent): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeTextFile(file, await renderReport(content));
}
