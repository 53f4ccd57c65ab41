import { caseSchema } from '@d-persona/shared/contract/cases.ts';
import { ctElements, fileOf } from '@d-persona/shared/dicom/encode.fixtures.ts';
import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import { Random } from '@d-persona/shared/random.ts';
import type { EnduranceHospital } from './endurance-hospitals.ts';

/** Sides of most images, and of one in so many. */
const SIDES = { least: 8, most: 300 };
const LARGE = { side: 1500, oneIn: 400 };
const DICOM = 'application/dicom';

/** Requests of varying routes, images and sizes, good and bad, drawn by a seed. */
export class VariedRequests {
  readonly #url: string;
  readonly #hospitals: readonly EnduranceHospital[];
  readonly #random: Random;
  #number = 0;

  constructor(url: string, hospitals: readonly EnduranceHospital[], seed: number) {
    this.#url = url;
    this.#hospitals = hospitals;
    this.#random = new Random(seed);
  }

  /** Sends the next one. @returns the status of the answer, which was read to its end */
  async next(): Promise<number> {
    const hospital = this.#one(this.#hospitals);
    const ask = this.#one(this.#kinds);
    return ask(hospital);
  }

  readonly #kinds: readonly ((hospital: EnduranceHospital) => Promise<number>)[] = [
    (hospital) => this.#post(hospital, `personas/rank-${1 + this.#below(3)}/segmentations`, this.#png()),
    (hospital) => this.#post(hospital, 'personas/rank-1/segmentations?format=overlay', this.#png()),
    (hospital) => this.#post(hospital, `segmentations?samples=${this.#below(20)}`, this.#png()),
    (hospital) => this.#post(hospital, `segmentations?seed=${this.#number}`, this.#dicom(1), DICOM),
    (hospital) => this.#post(hospital, 'segmentations?samples=2', this.#dicom(1), DICOM, DICOM),
    (hospital) => this.#post(hospital, 'volumes/segmentations', this.#dicom(3), DICOM),
    (hospital) => this.#byCase(hospital),
    (hospital) => this.#post(hospital, 'personas/rank-9/segmentations', this.#png()),
    (hospital) => this.#post(hospital, 'segmentations', this.#png().subarray(0, 200)),
    (hospital) => this.#get(hospital, 'personas'),
  ];

  async #byCase(hospital: EnduranceHospital): Promise<number> {
    const made = await this.#send(hospital, 'cases', {
      method: 'POST',
      body: this.#png(),
      ...typed('image/png'),
    });
    if (made.status !== 201) return finished(made);
    const { case: id } = caseSchema.parse(await made.json());
    const body = JSON.stringify({ case: id });
    return this.#post(hospital, 'segmentations?samples=5', body, 'application/json');
  }

  #post(
    hospital: EnduranceHospital,
    path: string,
    body: BodyInit,
    type = 'image/png',
    accept = '*/*',
  ): Promise<number> {
    return this.#send(hospital, path, { method: 'POST', body, ...typed(type, accept) }).then(finished);
  }

  #get(hospital: EnduranceHospital, path: string): Promise<number> {
    return this.#send(hospital, path, {}).then(finished);
  }

  #send({ id, key }: EnduranceHospital, path: string, init: RequestInit): Promise<Response> {
    const headers = { authorization: `Bearer ${key}`, ...init.headers };
    return fetch(`${this.#url}/v1/hospitals/${id}/${path}`, { ...init, headers });
  }

  #png(): Uint8Array<ArrayBuffer> {
    const [height, width] = [this.#side(), this.#side()];
    const number = this.#number++;
    const data = Uint8Array.from({ length: height * width }, (_, i) => (i * 7 + (i >> 5) * number) & 255);
    return encodePng({ height, width, channels: 1, data });
  }

  #dicom(frames: number): Uint8Array<ArrayBuffer> {
    const [rows, columns] = [this.#below(200) + SIDES.least, this.#below(200) + SIDES.least];
    const number = this.#number++;
    const pixels = Uint16Array.from({ length: rows * columns * frames }, (_, i) => (i * 13 + number) & 2047);
    const PixelData = new Uint8Array(pixels.buffer);
    const several = frames > 1 ? { NumberOfFrames: String(frames) } : {};
    return fileOf(ctElements(rows, columns, { PixelData, SOPInstanceUID: `2.25.${number + 1}`, ...several }));
  }

  #side(): number {
    if (this.#below(LARGE.oneIn) === 0) return LARGE.side;
    return SIDES.least + this.#below(SIDES.most - SIDES.least);
  }

  #below(n: number): number {
    return this.#random.integer(n);
  }

  #one<T>(of: readonly T[]): T {
    return of[this.#below(of.length)] as T;
  }
}

function typed(type: string, accept = '*/*') {
  return { headers: { 'content-type': type, accept } };
}

async function finished(response: Response): Promise<number> {
  await response.arrayBuffer();
  return response.status;
}
