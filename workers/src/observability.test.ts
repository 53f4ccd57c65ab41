import { auditSchema } from '@d-persona/shared/contract/audit.ts';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { picturePng, SEGMENT_AS, startTestApp, type TestApp } from './app.fixtures.ts';
import { Audit } from './audit/audit.ts';
import { reconcile } from './reconcile/reconcile.ts';
import { nightly } from './retention/nightly.ts';
import { StoreUnavailable } from './store/store-unavailable.ts';

const AUDIT = '/v1/hospitals/demo/audit';
let api: TestApp;
beforeEach(async () => {
  api = await startTestApp({ PROMETHEUS: 'on', KEY_REQUESTS_PER_MINUTE: 100 });
});

function segment(headers: Record<string, string> = {}): Promise<Response> {
  return api.post(SEGMENT_AS, picturePng(), 'image/png', headers);
}

function audit(query = '', accept = 'application/json'): Promise<Response> {
  return api.send(AUDIT + query, { headers: { authorization: `Bearer ${api.adminKey}`, accept } });
}

describe('each request', () => {
  it('tells what its time was spent on', async () => {
    const timing = (await segment()).headers.get('server-timing') ?? '';
    const stages = timing.split(', ').map((part) => part.split(';')[0]);
    expect(stages).toEqual(
      expect.arrayContaining(['decode', 'features', 'prompts', 'decoder', 'encode', 'total']),
    );
  });

  it('gives one line in the log, with the pattern of its path and nothing that was sent', async () => {
    await segment({ 'x-request-id': 'order-4711' });
    await api.send('/v1/hospitals/demo/personas/Jane%20Doe/segmentations', {
      method: 'POST',
      body: 'John Roe',
    });
    await api.send('/Jane/Doe?name=Jane');
    expect(api.logged).toHaveLength(3);
    const [first, second, third] = api.logged.map((line) => JSON.parse(line));
    expect(first).toMatchObject({
      level: 'info',
      request: 'order-4711',
      hospital: 'demo',
      method: 'POST',
      route: '/v1/hospitals/{hospital}/personas/{persona}/segmentations',
      status: 200,
      release: api.release,
      stages: { features: expect.any(Number) },
    });
    expect([second.status, third.status, third.route]).toEqual([400, 404, 'none']);
    expect(api.logged.join()).not.toMatch(/Jane|Roe/);
    expect(api.logged.join()).not.toContain(api.key);
  });

  it('is counted for Prometheus, where the operator wants that', async () => {
    for (let i = 0; i < 3; i++) await segment();
    const text = await (await api.send('/metrics')).text();
    const route = 'route="/v1/hospitals/{hospital}/personas/{persona}/segmentations"';
    expect(text).toContain(`d_persona_request_seconds_count{method="POST",${route},status="200"} 3`);
    expect(text).toMatch(/d_persona_stage_seconds_sum\{stage="features"\} \d/);
    expect(text).toMatch(/d_persona_case_bytes \d+/);
    for (const line of text.trimEnd().split('\n')) {
      expect(line).toMatch(/^(# (HELP|TYPE) .+|[a-z_]+(\{([a-z]+="[^"\n]*",?)+\})? -?[\d.]+)$/);
    }
    expect((await (await startTestApp()).send('/metrics')).status).toBe(404);
  });

  it('is a point for Analytics Engine, of its hospital, without anything that was sent', async () => {
    await segment();
    await api.send('/v1/health/alive');
    const route = '/v1/hospitals/{hospital}/personas/{persona}/segmentations';
    expect(api.points).toEqual([
      { indexes: ['demo'], blobs: ['POST', route, api.release], doubles: expect.any(Array) },
      { indexes: ['none'], blobs: ['GET', '/v1/health/alive', ''], doubles: expect.any(Array) },
    ]);
    const [{ doubles }] = api.points as [{ doubles: number[] }];
    const [one, status, ms, ...stages] = doubles as [number, number, number, ...number[]];
    expect([one, status, stages.length]).toEqual([1, 200, 7]);
    expect(stages.reduce((sum, spent) => sum + spent, 0)).toBeLessThanOrEqual(ms + 1);
  });

  it('over a limit is a 429 that says when to come back, for that key alone', async () => {
    let last = await segment();
    for (let i = 0; i < 100; i++) last = await api.send('/v1/hospitals/demo/personas');
    expect(last.status).toBe(429);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await audit()).status).toBe(200);
    api.clock.ms += 60_000;
    expect((await segment()).status).toBe(200);
  });
});

describe('health', () => {
  it('tells alive from ready', async () => {
    const alive = await api.send('/v1/health/alive');
    expect(await alive.json()).toMatchObject({ status: 'alive' });
    api.database.down = true;
    expect((await api.send('/v1/health')).status).toBe(503);
    expect((await api.send('/v1/health/alive')).status).toBe(200);
  });
});

describe('the audit', () => {
  it('tells who asked for which persona of which case with which release, and refusals too', async () => {
    const answer = (await (await segment({ 'x-request-id': 'order-4711' })).json()) as { case: string };
    await api.post(SEGMENT_AS, 'no image', 'image/png');
    await api.send('/v1/hospitals/demo/keys', { headers: { authorization: `Bearer ${api.annotateKey}` } });
    const { entries } = auditSchema.parse(await (await audit()).json());
    expect(entries).toHaveLength(3);
    expect(entries.find(({ request }) => request === 'order-4711')).toEqual({
      hospital: 'demo',
      at: '2026-01-02T00:00:00.000Z',
      request: 'order-4711',
      who: `key:${api.key.split('_')[2]}`,
      action: 'POST /v1/hospitals/{hospital}/personas/{persona}/segmentations',
      persona: 'rank-2',
      subject: answer.case,
      release: api.release,
      status: 200,
    });
    expect(entries.map(({ status }) => status).sort()).toEqual([200, 400, 403]);
  });

  it('shows a hospital its own alone, and not who was refused at the door', async () => {
    await api.send('/v1/hospitals/north/personas', { headers: { authorization: `Bearer ${api.northKey}` } });
    await api.send('/v1/hospitals/demo/personas', { headers: { authorization: `Bearer ${api.northKey}` } });
    await api.send('/v1/hospitals/demo/personas', { headers: { authorization: 'Bearer nothing' } });
    expect(auditSchema.parse(await (await audit()).json()).entries).toEqual([]);
    expect((await api.send(AUDIT)).status).toBe(403);
  });

  it('comes by time, as CSV that is safe to open, and as FHIR', async () => {
    await segment();
    const insert = `INSERT INTO audit (hospital, at, request, who, action, persona, subject, release, status)
      VALUES ('demo', '2026-01-02T00:00:01.000Z', '12345678', 'app:"x",=1', 'GET /', NULL, NULL, NULL, 500)`;
    await api.database.batch([api.database.prepare(insert).bind()]);
    api.clock.ms += 2000;
    const csv = await (await audit('', 'text/csv')).text();
    const lines = csv.split('\r\n');
    expect(lines[0]).toBe('at,request,hospital,who,action,persona,subject,release,status');
    expect(lines[2]).toBe('2026-01-02T00:00:01.000Z,12345678,demo,"app:""x"",=1",GET /,,,,500');
    const fhir = await audit('?since=2026-01-02T00:00:01Z', 'application/fhir+json');
    expect(fhir.headers.get('content-type')).toContain('application/fhir+json');
    const { entry } = (await fhir.json()) as { entry: { resource: Record<string, unknown> }[] };
    expect(entry.map(({ resource }) => resource.outcome)).toContain('8');
    for (const { resource } of entry) {
      expect(resource).toMatchObject({
        resourceType: 'AuditEvent',
        recorded: expect.any(String),
        agent: [{ requestor: true }],
      });
    }
    expect((await audit('?since=yesterday')).status).toBe(400);
    expect((await audit('', 'application/pdf')).status).toBe(406);
  });

  it('is in the store while the database is down, and written from there once, by whichever Worker is left', async () => {
    api.database.down = true;
    const entry = {
      ...{ hospital: 'demo', at: '2026-01-02T00:00:00.000Z', who: 'key:x', action: 'GET /', status: 200 },
      ...{ persona: null, subject: null, release: null },
    };
    const ended = new Audit(api.services.sql, api.services.store);
    for (const request of ['a-1', 'a-2']) await ended.add({ ...entry, request });
    const goesOn = new Audit(api.services.sql, api.services.store);
    await goesOn.add({ ...entry, request: 'b-1' });
    api.database.down = false;
    await goesOn.add({ ...entry, request: 'b-2' });
    expect((await reconcile(api.services)).audited).toBe(3);
    const { entries } = auditSchema.parse(await (await audit()).json());
    expect(entries.map(({ request }) => request).sort()).toEqual(['a-1', 'a-2', 'b-1', 'b-2']);
    expect(await api.store.list('audit/')).toEqual([]);
  });

  it('is told page by page, in every format, each entry once', async () => {
    for (let i = 0; i < 7; i++) await api.send('/v1/hospitals/demo/personas');
    const seen: string[] = [];
    let path = '?limit=3';
    for (let page = 0; page < 3; page++) {
      const response = await audit(path);
      const { entries, next } = auditSchema.parse(await response.json());
      seen.push(...entries.filter(({ action }) => action.endsWith('personas')).map(({ request }) => request));
      const link = /^<.*(\?.*)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
      expect(new URLSearchParams(link).get('cursor')).toBe(next);
      path = link ?? '';
    }
    expect([seen.length, new Set(seen).size]).toEqual([7, 7]);
    expect((await audit('?limit=2', 'text/csv')).headers.get('link')).toContain('cursor=');
    expect((await audit('?cursor=x')).status).toBe(400);
    expect((await audit('?since=2026-01-01T00:00:00%2B01:00')).status).toBe(200);
  });

  it('is append-only in the database itself', async () => {
    await segment();
    const change = (sql: string) => api.database.batch([api.database.prepare(sql).bind()]);
    await expect(change("UPDATE audit SET who = 'nobody'")).rejects.toThrow('append-only');
    await expect(change('DELETE FROM audit')).rejects.toThrow('kept');
  });

  it('waits for a database that is down, and loses nothing', async () => {
    await segment();
    api.database.down = true;
    expect((await segment()).status).toBe(200);
    expect((await segment()).status).toBe(200);
    api.database.down = false;
    await segment();
    expect(auditSchema.parse(await (await audit()).json()).entries).toHaveLength(4);
  });
});

describe('every night', () => {
  const DAY = 86_400_000;
  async function write(sql: string): Promise<void> {
    await api.database.batch([api.database.prepare(sql).bind()]);
  }

  it('the audit ends after as many days as the hospital says', async () => {
    await write("UPDATE hospitals SET audit_days = 30 WHERE id = 'demo'");
    await segment();
    api.clock.ms += 29 * DAY;
    await segment();
    await nightly(api.services);
    expect(auditSchema.parse(await (await audit()).json()).entries).toHaveLength(2);
    api.clock.ms += 2 * DAY;
    await segment();
    await nightly(api.services);
    const { entries } = auditSchema.parse(await (await audit()).json());
    expect(entries.map(({ at }) => at.slice(0, 10)).sort()).toEqual([
      '2026-01-31',
      '2026-01-31',
      '2026-02-02',
    ]);
  });

  it('the audit of a hospital that asks for nothing any more ends too', async () => {
    await write("UPDATE hospitals SET audit_days = 30 WHERE id = 'demo'");
    await segment();
    api.clock.ms += DAY;
    await segment();
    api.clock.ms += 30 * DAY;
    await nightly(api.services);
    const { results } = await api.database.prepare('SELECT at FROM audit').bind().all();
    expect(results).toHaveLength(1);
  });

  it('of an audit that is long, all that is over ends', async () => {
    await write("UPDATE hospitals SET audit_days = 30 WHERE id = 'demo'");
    await write(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
      INSERT INTO audit (hospital, at, request, who, action, status)
      SELECT 'demo', '2025-11-01T00:00:00.000Z', 'r-' || i, 'key:x', 'GET /', 200 FROM n`);
    await segment();
    await nightly(api.services);
    const { results } = await api.database.prepare('SELECT at FROM audit').bind().all();
    expect(results).toHaveLength(1);
  });

  it('a step that fails does not stop the others, and is told', async () => {
    await write("UPDATE hospitals SET audit_days = 30 WHERE id = 'demo'");
    await segment();
    api.clock.ms += 31 * DAY;
    vi.spyOn(api.store, 'pages').mockImplementation(() => {
      throw new StoreUnavailable(new Error('down'));
    });
    await expect(nightly(api.services)).rejects.toThrow(StoreUnavailable);
    vi.restoreAllMocks();
    const { results } = await api.database.prepare('SELECT at FROM audit').bind().all();
    expect(results).toEqual([]);
  });

  it('annotations end too, and their pixels, and what was left half-written', async () => {
    await write("UPDATE hospitals SET annotation_days = 10 WHERE id = 'demo'");
    const row = (id: string, received: string) =>
      write(`INSERT INTO annotations (hospital, id, changed, persona, patient, height, width, image, mask, received, by)
        VALUES ('demo', '${id}', (SELECT coalesce(max(changed), 0) + 1 FROM annotations), 'rank-1', 'p', 8, 8,
          'image-${id}', 'mask-${id}', '${received}', 'key:x')`);
    await row('old', '2025-12-01T00:00:00.000Z');
    await row('new', '2026-01-01T00:00:00.000Z');
    const keys = ['images/image-old', 'masks/mask-old', 'images/image-new', 'masks/mask-new', 'images/half'];
    for (const key of keys) await api.store.put(`annotations/demo/${key}.png`, new Uint8Array(1));
    const left = async () => (await api.store.list('annotations/')).map((key) => key.split('/').at(-1));
    await nightly(api.services);
    // What is half-written may be about to be named.
    expect(await left()).toHaveLength(5);
    api.clock.ms += DAY;
    await nightly(api.services);
    expect(await left()).toEqual(['image-new.png', 'mask-new.png']);
    const { results } = await api.database
      .prepare('SELECT id, changed, withdrawn FROM annotations ORDER BY id')
      .bind()
      .all();
    expect(results).toMatchObject([
      { id: 'new', changed: 2, withdrawn: null },
      { id: 'old', changed: 3 },
    ]);
  });
});
