import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKey, parseKey, verifyKey } from './api-key.ts';
import { keyRecordSchema, loadHospital, saveHospital } from './hospital.ts';
import { MemoryStore } from './release.fixtures.ts';

const CREATED = '2026-01-02T03:04:05Z';

describe('API keys', () => {
  it('are told by the record, which does not hold them', async () => {
    const { key, record } = await createKey('demo', ['segment', 'annotate'], CREATED);
    expect(key).toMatch(/^dp_demo_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/);
    expect(keyRecordSchema.parse(record)).toEqual(record);
    expect(JSON.stringify(record)).not.toContain(key.split('_').slice(3).join('_'));
    const other = await createKey('demo', ['admin'], CREATED);
    expect(await verifyKey([other.record, record], key)).toBe(record);
    expect(await verifyKey([other.record], key)).toBeNull();
    expect(await verifyKey([], key)).toBeNull();
  });

  it('name their hospital', async () => {
    expect(parseKey((await createKey('north-2', ['segment'], CREATED)).key)?.hospital).toBe('north-2');
    for (const none of ['', 'dp_north', 'dp_../x_0123456789ab_'.padEnd(80, 'A')])
      expect(parseKey(none)).toBeNull();
  });

  it('differ, and so do the salts', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => createKey('demo', ['segment'], CREATED)));
    expect(new Set(made.map(({ key }) => key)).size).toBe(20);
    expect(new Set(made.map(({ record }) => record.salt)).size).toBe(20);
  });

  it('with any character changed are nobody’s', async () => {
    const { key, record } = await createKey('demo', ['segment'], CREATED);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(key.length - 1),
        fc.string({ minLength: 1, maxLength: 1 }),
        async (at, char) => {
          fc.pre(key[at] !== char);
          expect(await verifyKey([record], key.slice(0, at) + char + key.slice(at + 1))).toBeNull();
        },
      ),
    );
    for (const wrong of ['', key.slice(0, -1), `${key}A`, ` ${key}`, record.hash, record.id]) {
      expect(await verifyKey([record], wrong)).toBeNull();
    }
  });
});

describe('hospitals', () => {
  it('are stored and read', async () => {
    const store = new MemoryStore();
    const { record } = await createKey('demo', ['segment'], CREATED);
    const hospital = { id: 'north', title: 'North Hospital', keys: [record] };
    await saveHospital(store, hospital);
    expect(store.writes).toEqual(['hospitals/north/hospital.json']);
    expect(await loadHospital(store, 'north')).toEqual(hospital);
  });

  it('are null where there is none, or could be none', async () => {
    const store = new MemoryStore();
    for (const id of ['south', '', '../north', 'North', 'a/b'])
      expect(await loadHospital(store, id)).toBeNull();
  });

  it('are refused where their file is damaged', async () => {
    const store = new MemoryStore();
    await store.put('hospitals/north/hospital.json', new TextEncoder().encode('{"id": "north"}'));
    await expect(loadHospital(store, 'north')).rejects.toMatchObject({
      code: 'bad-hospital',
      input: 'hospitals/north/hospital.json',
    });
  });
});
