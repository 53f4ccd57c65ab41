import { InputError } from '@d-persona/shared/errors.ts';
import { ReleaseModel } from '../nightly/release-model.ts';
import { type HospitalCases, readCases } from './hospital-cases.ts';
import { type SharedImage, sharedImages } from './shared-images.ts';

/** Images to train on: of hospitals that consented, and of patients that are not held out. */
export async function gather(
  hospitals: readonly HospitalCases[],
  consented: ReadonlySet<string>,
  personas: number,
): Promise<SharedImage[]> {
  const found: SharedImage[] = [];
  for (const hospital of hospitals.filter(({ context }) => consented.has(context.hospital))) {
    const { manifest, weights } = hospital.release;
    const ranks = manifest.personas.flatMap(({ kind }, r) => (kind === 'rank' ? [r] : []));
    if (ranks.length !== personas) {
      throw new InputError({
        code: 'other-core',
        input: `release of hospital ${hospital.context.hospital}`,
        problem: `has ${ranks.length} personas of its core, and the data of the settings ${personas}`,
        remedy: 'Name the data that the core was trained on in weekly.data',
      });
    }
    const cases = await readCases(
      hospital,
      hospital.cases.filter(({ part }) => part === 'train'),
    );
    const keyOf = new Map(hospital.cases.map(({ id, image }) => [id, image]));
    const model = new ReleaseModel(manifest, weights);
    const byImage = Map.groupBy(cases, ({ id }) => keyOf.get(id) ?? id);
    found.push(...sharedImages(hospital.context.hospital, model, ranks, byImage));
    model.dispose();
  }
  return found;
}
