import { personaSegmentationSchema } from '@d-persona/shared/contract/segmentation.ts';
import type { EncodedRelease } from '@d-persona/shared/release/encode-release.ts';
import { picturePng } from '../../test/support/picture.ts';
import type { BenchHospital } from './load.ts';
import { IMAGE_SIZE } from './make-hospitals.ts';

/** A hospital that is promoted from one release to the other and back. */
export interface SwitchingHospital extends BenchHospital {
  readonly releaseKey: string;
  /** Hash of the release that serves it at first. */
  readonly base: string;
  readonly other: EncodedRelease;
}

/** What came of requests while releases were promoted. */
export interface PromotionsUnderLoad {
  readonly promotions: number;
  readonly requests: number;
  /** Answered by anything but 200. */
  readonly failed: number;
  /** Not the answer that the release which they name gives. */
  readonly mixed: number;
}

const PROMOTIONS = 20;
/** Requests at once. */
const CLIENTS = 4;
/** Different images: an answer is compared with what its release said of the image in peace. */
const IMAGES = 5;

/** Promotes under load, again and again, and looks at every answer. */
export async function measurePromotions(
  url: string,
  hospital: SwitchingHospital,
): Promise<PromotionsUnderLoad> {
  const path = `${url}/v1/hospitals/${hospital.id}`;
  await listOther(path, hospital);
  const expected = new Map<string, string>();
  for (const release of [hospital.other.hash, hospital.base]) {
    await promote(path, hospital, release);
    for (let image = 0; image < IMAGES; image++)
      expected.set(`${release} ${image}`, await (await ask(path, hospital, image)).text());
  }
  let [requests, failed, mixed, switching] = [0, 0, 0, true];
  const client = async (first: number) => {
    for (let i = first; switching; i++) {
      const image = i % IMAGES;
      const answer = await ask(path, hospital, image);
      const text = await answer.text();
      requests++;
      if (answer.status !== 200) failed++;
      else if (expected.get(`${releaseOf(text)} ${image}`) !== text) mixed++;
    }
  };
  const clients = Array.from({ length: CLIENTS }, (_, i) => client(i));
  for (let i = 0; i < PROMOTIONS; i++) {
    await promote(path, hospital, i % 2 === 0 ? hospital.other.hash : hospital.base);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  switching = false;
  await Promise.all(clients);
  return { promotions: PROMOTIONS, requests, failed, mixed };
}

function releaseOf(text: string): string {
  return personaSegmentationSchema.parse(JSON.parse(text)).release;
}

function ask(path: string, { key }: BenchHospital, image: number): Promise<Response> {
  return fetch(`${path}/personas/rank-1/segmentations`, {
    method: 'POST',
    body: picturePng(IMAGE_SIZE, IMAGE_SIZE, image),
    headers: { authorization: `Bearer ${key}`, 'content-type': 'image/png' },
  });
}

/** Its parts are in the store already: the hospital is told that it has it. */
async function listOther(path: string, { releaseKey, other }: SwitchingHospital): Promise<void> {
  const body = other.files.get('manifest.json') as Uint8Array<ArrayBuffer>;
  const headers = { authorization: `Bearer ${releaseKey}` };
  await expectDone(await fetch(`${path}/releases/${other.hash}`, { method: 'PUT', body, headers }));
}

async function promote(path: string, { releaseKey }: SwitchingHospital, release: string): Promise<void> {
  const headers = { authorization: `Bearer ${releaseKey}`, 'if-match': '*' };
  const body = JSON.stringify({ release });
  await expectDone(await fetch(`${path}/releases/current`, { method: 'PUT', body, headers }));
}

async function expectDone(response: Response): Promise<void> {
  if (!response.ok) throw new Error(`The server answered ${response.status}: ${await response.text()}`);
  await response.body?.cancel();
}
