import { checkIsolation } from './isolation/check-isolation.ts';

/** Prints `{"operations", "checks", "leaks"}` with --json; each leak goes to standard error. Exits with 1 on a leak. */
async function main(args: readonly string[]): Promise<void> {
  const { operations, checks, leaks } = await checkIsolation();
  for (const { operation, who, problem } of leaks) console.error(`${operation} by ${who}: ${problem}`);
  const result = { operations, checks, leaks: leaks.length };
  console.log(args.includes('--json') ? JSON.stringify(result) : `${checks} checks, ${leaks.length} leaks`);
  if (leaks.length > 0 || checks === 0) process.exitCode = 1;
}

await main(process.argv.slice(2));
