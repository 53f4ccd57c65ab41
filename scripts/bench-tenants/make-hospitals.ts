import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import type { EncodedRelease } from '@d-persona/shared/release/encode-release.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { promoteRelease, publishRelease } from '@d-persona/shared/release/store.ts';
import {
  addHospital,
  SYNTHETIC,
  syntheticRelease,
  withOtherHeads,
} from '../../test/support/synthetic-release.ts';
import type { BenchHospital } from './load.ts';
import type { SwitchingHospital } from './promotions.ts';

/** What the sample's studies are trained in. */
const ARCHITECTURE: Architecture = { ...SYNTHETIC, personas: 4, widths: [16, 32, 64, 128] };
export const IMAGE_SIZE = 64;
const SIZE: [number, number] = [IMAGE_SIZE, IMAGE_SIZE];

export interface BenchHospitals {
  /** All on one release. */
  readonly shared: readonly BenchHospital[];
  /** Each on a release of its own, whose core is that of all. */
  readonly own: readonly BenchHospital[];
  /** On two releases in turn, which share nothing. */
  readonly switching: SwitchingHospital;
}

/** Hospitals with a key each. */
export async function makeHospitals(
  store: ObjectStore,
  counts: { shared: number; own: number },
): Promise<BenchHospitals> {
  const base = await withOtherHeads(1, ARCHITECTURE, SIZE);
  await publishRelease(store, base);
  const add = async (id: string, { hash }: EncodedRelease): Promise<BenchHospital> => {
    const [key = ''] = await addHospital(store, id, [['segment']]);
    await promoteRelease(store, id, hash);
    return { id, key };
  };
  const shared: BenchHospital[] = [];
  for (let i = 0; i < counts.shared; i++) shared.push(await add(`shared-${i}`, base));
  const own: BenchHospital[] = [];
  for (let i = 0; i < counts.own; i++) {
    const release = await withOtherHeads(i + 2, ARCHITECTURE, SIZE);
    await publishRelease(store, release);
    own.push(await add(`own-${i}`, release));
  }
  return { shared, own, switching: await makeSwitching(store, base) };
}

async function makeSwitching(store: ObjectStore, base: EncodedRelease): Promise<SwitchingHospital> {
  const id = 'switching';
  const other = await syntheticRelease(1_000_003, ARCHITECTURE, SIZE);
  await publishRelease(store, other);
  const [key = '', releaseKey = ''] = await addHospital(store, id, [['segment'], ['release']]);
  await promoteRelease(store, id, base.hash);
  return { id, key, releaseKey, base: base.hash, other };
}
