import type { ExecutionContext } from 'hono';
import type { Bindings } from '../../workers/src/bindings.ts';
import worker, { HospitalObject as Deployed } from '../../workers/src/index.ts';
import type { Database, SqlValue, Statement } from '../../workers/src/store/database.ts';
import type { Bucket } from '../../workers/src/store/r2-store.ts';

/** Every write is counted, and one of them, done or not, is the last thing that happens: it waits to be killed. */
const plan = { stopAt: -1, done: false, writes: 0 };

async function write<T>(work: () => Promise<T>): Promise<T> {
  const stopped = plan.writes++ === plan.stopAt;
  if (stopped && !plan.done) await wait();
  const result = await work();
  if (stopped) await wait();
  return result;
}

/** Says so, and never goes on. */
function wait(): Promise<never> {
  console.log('stopped');
  return new Promise(() => undefined);
}

function stoppingBucket(bucket: Bucket): Bucket {
  return {
    head: (key) => bucket.head(key),
    get: (key) => bucket.get(key),
    list: (options) => bucket.list(options),
    put: (key, bytes) => write(() => bucket.put(key, bytes)),
    delete: (key) => write(() => bucket.delete(key)),
  };
}

interface Bound extends Statement {
  readonly sql: string;
  readonly inner: Statement;
}

/** Of batches only, which is how the Worker writes. */
function stoppingDatabase(database: Database): Database {
  const bound = (sql: string, values: SqlValue[]): Bound => ({
    sql,
    inner: database.prepare(sql).bind(...values),
    bind: (...more) => bound(sql, more),
    all() {
      return this.inner.all();
    },
  });
  return {
    prepare: (sql) => bound(sql, []),
    batch(statements) {
      const ours = statements as Bound[];
      const work = () => database.batch(ours.map(({ inner }) => inner));
      // The audit writes behind the answers, and would make the count a matter of luck.
      return ours.some(({ sql }) => sql.startsWith('INSERT INTO audit')) ? work() : write(work);
    },
  };
}

function stopping(bindings: Bindings): Bindings {
  return { ...bindings, STORE: stoppingBucket(bindings.STORE), DB: stoppingDatabase(bindings.DB) };
}

export class HospitalObject extends Deployed {
  constructor(state: unknown, bindings: Bindings) {
    super(state, stopping(bindings));
  }
}

/** The deployed Worker, with a request that says at which write it is to stop. */
export default {
  async fetch(request: Request, bindings: Bindings, context: ExecutionContext): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname === '/debug/stop') {
      Object.assign(plan, {
        ...{ stopAt: Number(url.searchParams.get('at')), done: url.searchParams.has('done'), writes: 0 },
      });
      return new Response();
    }
    return worker.fetch(request, stopping(bindings), context);
  },
};
