import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../errors.ts';
import { readSegmentation } from '../annotation/read-segmentation.ts';
import { readFile } from '../read-file.ts';
import { readSource } from '../read-source.ts';
import type { SourceImage } from '../source-image.ts';
import { dciodvfyErrors } from '../validators.fixtures.ts';
import { answerOn } from './answer.fixtures.ts';
import { ANSWER_OBJECTS, type AnswerObject, answerObject } from './answer-object.ts';
import { planesOf } from './geometry.ts';

const repository = resolve(import.meta.dirname, '../../../..');
const folder = resolve(repository, process.env.DPERSONA_DICOM ?? '../shared/dicom');
const present = existsSync(folder);
const LIMITS = { maxInflatedBytes: 1 << 26 };

/** The images of the folder, read as far as an answer needs them; no segmentation, no report, nothing malformed. */
const readable = (present ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [])
  .filter((path) => path.endsWith('.dcm'))
  .flatMap((path): [string, SourceImage][] => {
    try {
      const bytes = new Uint8Array(readFileSync(resolve(folder, path)));
      const { dataSet } = readFile(bytes, { name: path, ...LIMITS });
      if (!dataSet.has('Rows') || dataSet.has('SegmentSequence')) return [];
      return [[path, readSource(dataSet, [0], dataSet.number('NumberOfFrames') ?? 1)]];
    } catch (error) {
      if (error instanceof InputError) return [];
      throw error;
    }
  });

/** Without those that differ in their transfer syntax only. */
const images = [...new Map(readable.map((image) => [JSON.stringify(image[1]), image])).values()];

/** What an object needs of its source (the segmentation nothing). */
function canBe(object: AnswerObject, source: SourceImage): boolean {
  if (object === 'rtstruct') return planesOf(source) !== null;
  return object === 'seg' || source.frames.every(({ pixelSpacing }) => pixelSpacing !== undefined);
}

describe.skipIf(!present)(
  'answers on real images (in the folder DPERSONA_DICOM; skipped where it is absent)',
  () => {
    it('are of images of at least three modalities', () => {
      expect(new Set(images.map(([, { modality }]) => modality)).size).toBeGreaterThanOrEqual(3);
    });

    it.each(images)('have no error for dciodvfy: %s', async (_, source) => {
      for (const object of ANSWER_OBJECTS) {
        const written = answerObject(answerOn(source), object);
        if (canBe(object, source)) expect([object, ...dciodvfyErrors(await written)]).toEqual([object]);
        else await expect(written).rejects.toMatchObject({ code: 'unusable-dicom' });
      }
    });

    it.each(images)('are read back on their image: %s', async (path, source) => {
      const answer = answerOn(source);
      const { dataSet } = readFile(await answerObject(answer, 'seg'), { name: path, ...LIMITS });
      const runs = readSegmentation(dataSet, source, path).map(({ masks }) => masks[0]?.counts.length ?? 0);
      expect(runs.slice(0, 4).every((count) => count > 2)).toBe(true);
      expect(runs[4]).toBe(0);
    });
  },
);
