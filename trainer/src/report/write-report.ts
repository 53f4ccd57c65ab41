import { writeFileAtomically } from '../run/atomic-file.ts';
import { renderReport } from './page.ts';
import type { ReportData } from './report-data.ts';

/**
 * Writes the report page; an earlier page stays as it was until the new one is whole.
 * @throws InputError where the data is not complete, or the file cannot be written.
 */
export async function writeReport(data: ReportData, path: string): Promise<void> {
  await writeFileAtomically(path, new TextEncoder().encode(await renderReport(data)));
}
