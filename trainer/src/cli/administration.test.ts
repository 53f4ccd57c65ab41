import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOperatorKey, operatorKeyHash } from '@d-persona/shared/release/api-key.ts';
import { publishRelease } from '@d-persona/shared/release/store.ts';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { serve, syntheticRelease } from '../../../test/support/synthetic-release.ts';
import { ensureHospital } from '../publish/ensure-hospital.ts';
import { FolderStore } from '../publish/folder-store.ts';
import { type RunningWorker, startWorker } from '../serve/serve-worker.ts';
import { main } from './main.ts';

/** The commands against a Worker on this machine, as against a deployed one: over HTTP. */
let folder: string;
let worker: RunningWorker;
const operator = createOperatorKey();
const START_MS = 120_000;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'd-persona-administration-'));
  const store = new FolderStore(folder);
  await ensureHospital(store, 'demo', new Date());
  await serve(store, 'demo', await syntheticRelease(1));
  await publishRelease(store, await syntheticRelease(2));
  const variables = { OPERATOR_KEY_SHA256: (await operatorKeyHash(operator)) ?? '' };
  worker = await startWorker({ store: folder, variables, log: () => undefined });
}, START_MS);

afterAll(async () => {
  vi.unstubAllEnvs();
  await worker?.stop();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => vi.stubEnv('D_PERSONA_KEY', operator));

/** Runs a command. @returns its exit code, and what it printed */
async function run(...words: string[]): Promise<[code: number, out: string, error: string]> {
  const out = vi.spyOn(console, 'log').mockReturnValue();
  const error = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const code = await main(['node', 'd-persona', ...words, '--url', worker.url]);
  const printed = [out, error].map((spy) => spy.mock.calls.map(([line]) => String(line)).join('\n'));
  vi.restoreAllMocks();
  return [code, printed[0] ?? '', printed[1] ?? ''];
}

it('a hospital is added, gets keys, and is removed', async () => {
  expect(await run('hospital', 'add', 'south', '--title', 'South')).toEqual([0, 'south', '']);
  expect((await run('hospital', 'list'))[1]).toMatch(/demo .*\n.*south +South/);
  const [, key] = await run('key', 'create', 'south', '--scopes', 'admin,segment');
  expect(key).toMatch(/^dp_south_/);
  vi.stubEnv('D_PERSONA_KEY', key);
  const [, second] = await run('key', 'create', 'south');
  const [, third] = await run('key', 'rotate', 'south', second.split('_')[2] ?? '');
  expect(third).not.toBe(second);
  expect((await run('key', 'revoke', 'south', third.split('_')[2] ?? ''))[0]).toBe(0);
  const [, listed] = await run('key', 'list', 'south');
  expect(listed.split('\n')).toHaveLength(4);
  expect(listed).not.toContain(key.split('_')[3]);
  const [code, , told] = await run('hospital', 'remove', 'south');
  expect([code, told]).toEqual([2, expect.stringContaining('403')]);
  vi.stubEnv('D_PERSONA_KEY', operator);
  expect((await run('hospital', 'remove', 'south'))[0]).toBe(0);
});

it('releases are listed, promoted by the first digits, and rolled back', async () => {
  const [one, two] = await Promise.all([syntheticRelease(1), syntheticRelease(2)]);
  expect((await run('release', 'push', 'demo', 'ab'.repeat(32), '--store', folder))[0]).toBe(2);
  expect(await run('release', 'push', 'demo', two.hash, '--store', folder)).toEqual([0, two.hash, '']);
  expect((await run('release', 'list', 'demo'))[1]).toContain(`${one.hash}  yes`);
  expect(await run('release', 'promote', 'demo', two.hash.slice(0, 10))).toEqual([0, two.hash, '']);
  expect(await run('release', 'rollback', 'demo')).toEqual([0, one.hash, '']);
  const [code, , told] = await run('release', 'promote', 'demo', 'ffffffffff');
  expect([code, told]).toEqual([2, expect.stringContaining('release list')]);
});

it('personas are renamed and retired', async () => {
  const [, key] = await run('key', 'create', 'demo', '--scopes', 'segment,admin');
  vi.stubEnv('D_PERSONA_KEY', key);
  await run('persona', 'rename', 'demo', 'rank-2', 'Dr. N.');
  await run('persona', 'retire', 'demo', 'rank-3');
  expect((await run('persona', 'list', 'demo'))[1]).toMatch(/rank-2 +rank +Dr\. N\.$/);
  await run('persona', 'retire', 'demo', 'rank-3', '--undo');
  expect((await run('persona', 'list', 'demo'))[1]).toMatch(/rank-3 .*$/);
});

it('what is wrong is told with the remedy', async () => {
  vi.stubEnv('D_PERSONA_KEY', '');
  expect(await run('hospital', 'list')).toEqual([2, '', expect.stringContaining('D_PERSONA_KEY')]);
  vi.stubEnv('D_PERSONA_KEY', operator);
  expect((await run('key', 'create', 'demo', '--scopes', 'root'))[0]).toBe(2);
  expect((await run('key', 'create', 'demo', '--expires', 'tomorrow'))[2]).toContain('UTC');
  expect((await run('key', 'create'))[0]).toBe(2);
});
