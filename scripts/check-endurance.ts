import { endure } from './endurance/endure.ts';

/** What may be left of noise: a leak of one byte in a thousand of each request's would be more. */
const TOLERANCE_MB = 3;

/**
 * Whether anything grows over many requests of varying routes and sizes, to the Worker in workerd:
 * `npm run check:endurance -- [--requests 10000] [--seed 1] [--json]`. Ten thousand take some minutes.
 */
async function main(args: readonly string[]): Promise<number> {
  const numberAfter = (name: string, fallback: number) => {
    const at = args.indexOf(name);
    return at < 0 ? fallback : Number(args[at + 1]);
  };
  const result = await endure(numberAfter('--requests', 10_000), numberAfter('--seed', 1), (interval) =>
    console.error(JSON.stringify(interval)),
  );
  const ok =
    Object.values(result.grown).every((grown) => grown <= TOLERANCE_MB) && !('500' in result.statuses);
  console.log(args.includes('--json') ? JSON.stringify({ ...result, ok }) : { ...result, ok });
  return ok ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
