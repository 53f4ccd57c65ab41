import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@d-persona/shared/client/client.ts';
import { createOperatorKey, operatorKeyHash } from '@d-persona/shared/release/api-key.ts';
import { publishRelease } from '@d-persona/shared/release/store.ts';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { picturePng } from '../../../test/support/picture.ts';
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
  expect(listed).not.toContain(key.slice(-30));
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

it('a release is tried, and promoted from what that showed', async () => {
  const [one, two] = await Promise.all([syntheticRelease(1), syntheticRelease(2)]);
  expect((await run('trial', 'status', 'demo'))[2]).toContain('trial start');
  expect(await run('trial', 'start', 'demo', two.hash.slice(0, 8), '--share', '1')).toEqual([
    0,
    two.hash,
    '',
  ]);
  expect((await run('trial', 'status', 'demo'))[1]).toMatch(/shadow +1 +0 +- +0 +0$/);
  const [code, , told] = await run('trial', 'promote', 'demo');
  expect([code, told]).toEqual([3, expect.stringContaining('only 0 images')]);
  const [, key] = await run('key', 'create', 'demo', '--scopes', 'segment');
  const client = new Client({ url: worker.url, hospital: 'demo', key });
  const ask = () => client.segmentAs('rank-1', { image: picturePng(), name: 'picture' });
  expect((await ask()).release).toBe(one.hash);
  await vi.waitFor(
    async () => expect((await run('trial', 'status', 'demo'))[1]).toMatch(/shadow +1 +1 /),
    5000,
  );
  const enough = ['--min-compared', '1', '--min-dice', '0'];
  expect((await run('trial', 'promote', 'demo', '--min-dice', '1', '--min-compared', '1'))[0]).toBe(3);
  expect(await run('trial', 'promote', 'demo', ...enough)).toEqual([0, two.hash, '']);
  expect((await ask()).release).toBe(two.hash);
  expect(await run('trial', 'start', 'demo', one.hash, '--kind', 'canary', '--share', '1')).toEqual([
    ...[0, one.hash, ''],
  ]);
  expect((await ask()).release).toBe(one.hash);
  await run('trial', 'stop', 'demo');
  expect((await ask()).release).toBe(two.hash);
  expect((await run('trial', 'start', 'demo', one.hash, '--share', '2'))[0]).toBe(2);
  await run('release', 'rollback', 'demo');
});

it('the audit is exported as CSV and as FHIR AuditEvent', async () => {
  const [, key] = await run('key', 'create', 'demo', '--scopes', 'admin');
  vi.stubEnv('D_PERSONA_KEY', key);
  const [code, csv] = await run('audit', 'export', 'demo');
  expect([code, csv.split('\r\n')[0]]).toEqual([
    ...[0, 'at,request,hospital,who,action,persona,subject,release,status'],
  ]);
  expect(csv).toContain('operator,POST /v1/hospitals/{hospital}/keys');
  const out = join(folder, 'audit.json');
  expect(await run('audit', 'export', 'demo', '--format', 'fhir', '--out', out)).toEqual([0, '', '']);
  const bundle = JSON.parse(await readFile(out, 'utf8'));
  expect(bundle.resourceType).toBe('Bundle');
  expect(bundle.entry[0]).toMatchObject({ resource: { resourceType: 'AuditEvent' } });
  const since = '2999-01-01T00:00:00Z';
  expect(JSON.parse((await run('audit', 'export', 'demo', '--format', 'json', '--since', since))[1])).toEqual(
    {
      entries: [],
    },
  );
  expect((await run('audit', 'export', 'demo', '--since', 'yesterday'))[2]).toContain('moment');
});

it('what stopped Workers left is reconciled, by the operator alone', async () => {
  expect((await run('reconcile'))[1]).toMatch(/^finished +dropped .*\n0 +0 +0 +0 +\d+ +0 +0$/);
  vi.stubEnv('D_PERSONA_KEY', (await run('key', 'create', 'demo', '--scopes', 'admin'))[1]);
  expect((await run('reconcile'))[0]).toBe(2);
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
