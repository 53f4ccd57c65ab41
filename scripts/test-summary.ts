import { readFile } from 'node:fs/promises';
import { parseJsonOrThrow } from '@d-persona/shared/parse-or-throw.ts';
import { z } from 'zod';

/** What this needs of the test runner's JSON report. */
const reportSchema = z.object({
  numPassedTests: z.int().min(0),
  numFailedTests: z.int().min(0),
  numPendingTests: z.int().min(0),
  numFailedTestSuites: z.int().min(0),
  success: z.boolean(),
});

/**
 * Prints `N passed, N failed` from a test report; a file that could not be loaded counts as one failure.
 * Exits with 1 where no test ran: a suite that finds nothing has not passed.
 */
async function main([path = 'build/test-results.json']: readonly string[]): Promise<void> {
  const report = parseJsonOrThrow(reportSchema, await readFile(path, 'utf8'), path, 'Run npm test first');
  const failed = Math.max(report.numFailedTests, report.success ? 0 : 1);
  const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : '';
  console.log(`${report.numPassedTests} passed, ${failed} failed${skipped}`);
  if (report.numPassedTests + failed === 0) process.exitCode = 1;
}

await main(process.argv.slice(2));
