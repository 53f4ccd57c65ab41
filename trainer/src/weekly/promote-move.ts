import { readHospitalLedger, writeHospitalLedger } from '../nightly/hospital-ledger.ts';
import { promoteNight } from '../nightly/publish-night.ts';
import { readRelease } from '../publish/read-release.ts';
import type { HospitalCases } from './hospital-cases.ts';

/** Publishes and promotes a hospital's release on the new core, and writes down what its heads have learnt. */
export async function promoteMove({ context, version, cases }: HospitalCases, hash: string) {
  const { api, store, folder } = context;
  await api.publish(await readRelease(store, hash));
  const promoted = await promoteNight(context, { version }, hash);
  if (promoted.outcome === 'promoted') {
    const ledger = await readHospitalLedger(folder);
    const learnt = Object.fromEntries(
      Object.keys(ledger.trainedOn).map((persona) => [
        persona,
        cases.filter((one) => one.persona === persona && one.part === 'train').map(({ id }) => id),
      ]),
    );
    await writeHospitalLedger(folder, { ...ledger, trainedOn: { ...ledger.trainedOn, ...learnt } });
  }
  return promoted;
}
