import { execa } from 'execa';
import packageJson from '../../package.json' with { type: 'json' };

/** What a release and its answers say that they were made with. */
export const SOFTWARE = { name: 'd-persona', version: packageJson.version } as const;

/** The commit that this program is at, or null outside a checkout. */
export async function projectCommit(): Promise<string | null> {
  const { stdout, failed } = await execa('git', ['rev-parse', 'HEAD'], {
    cwd: import.meta.dirname,
    reject: false,
  });
  return failed ? null : stdout.trim();
}
