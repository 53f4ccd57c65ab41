import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/*
 * Programs of others that tests check ours against, each into an environment of its own below .venv/:
 *   node scripts/test-peers.ts [modal …]
 * Tests that find none are skipped, and say so.
 */
const PEERS: Readonly<Record<string, readonly string[]>> = {
  modal: ['modal==1.6.4'],
};

const root = fileURLToPath(new URL('../', import.meta.url));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => PEERS[name] === undefined);
if (unknown.length > 0) {
  console.error(`There is no test peer ${unknown.join(', ')}. There are: ${Object.keys(PEERS).join(', ')}`);
  process.exit(2);
}
for (const name of wanted.length > 0 ? wanted : Object.keys(PEERS)) {
  const folder = join(root, '.venv', name);
  await mkdir(join(root, '.venv'), { recursive: true });
  await execa('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
  await execa(join(folder, 'bin/pip'), ['install', '--quiet', ...(PEERS[name] ?? [])], { stdio: 'inherit' });
  console.log(`${name}: ${folder}`);
}
