import { expect, it } from 'vitest';
import { StoreUnavailable } from '../store/store-unavailable.ts';
import type { HospitalWrites } from './hospital-writer.ts';
import { reachedHospital } from './reached-hospital.ts';

const WITHDRAWAL = { hospital: 'demo', annotation: 'a' };

function reached(withdraw: HospitalWrites['withdraw']) {
  return reachedHospital({ withdraw } as HospitalWrites, 20).withdraw(WITHDRAWAL);
}

it('passes on what the object answers', async () => {
  expect(await reached(async () => ({ kind: 'done' }))).toEqual({ kind: 'done' });
});

it('tells an object that cannot be reached, or is too slow, from a bug of its own', async () => {
  await expect(reached(() => Promise.reject(new Error('Network connection lost.')))).rejects.toThrow(
    StoreUnavailable,
  );
  await expect(reached(() => new Promise(() => undefined))).rejects.toThrow(StoreUnavailable);
  const bug = Object.assign(new TypeError('x is undefined'), { remote: true });
  await expect(reached(() => Promise.reject(bug))).rejects.toBe(bug);
});
