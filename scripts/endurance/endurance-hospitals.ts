import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { addHospital, SYNTHETIC, serve, syntheticRelease } from '../../test/support/synthetic-release.ts';

export interface EnduranceHospital {
  readonly id: string;
  readonly key: string;
}

/** Sizes of the model's input: two cores that share nothing, and arenas that differ. */
const SIZES: readonly [number, number][] = [
  [64, 64],
  [160, 96],
];

/** Two hospitals, each on a release of its own. */
export async function enduranceHospitals(store: ObjectStore): Promise<EnduranceHospital[]> {
  const hospitals: EnduranceHospital[] = [];
  for (const [i, size] of SIZES.entries()) {
    const id = `endurance-${i}`;
    const [key = ''] = await addHospital(store, id, [['segment']]);
    await serve(store, id, await syntheticRelease(1 + i, SYNTHETIC, size));
    hospitals.push({ id, key });
  }
  return hospitals;
}
