import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { addHospital, SYNTHETIC, serve, withOtherHeads } from '../../test/support/synthetic-release.ts';
import type { BenchHospital } from './load.ts';

/** What the sample's studies are trained in. */
const ARCHITECTURE: Architecture = { ...SYNTHETIC, personas: 4, widths: [16, 32, 64, 128] };
export const IMAGE_SIZE = 64;

/** Hospitals with a key each, on one release, or on releases that share a core. */
export async function makeHospitals(
  store: ObjectStore,
  count: number,
  heads: 'shared' | 'own',
): Promise<BenchHospital[]> {
  const hospitals: BenchHospital[] = [];
  let release = await withOtherHeads(1, ARCHITECTURE, [IMAGE_SIZE, IMAGE_SIZE]);
  for (let i = 0; i < count; i++) {
    if (heads === 'own' && i > 0) {
      release = await withOtherHeads(i + 1, ARCHITECTURE, [IMAGE_SIZE, IMAGE_SIZE]);
    }
    const id = `hospital-${i}`;
    const [key = ''] = await addHospital(store, id, [['segment']]);
    await serve(store, id, release);
    hospitals.push({ id, key });
  }
  return hospitals;
}
