import { describe, expect, it } from 'vitest';
import { dciodvfyErrors } from '../validators.fixtures.ts';
import { answerOn, sourceOf } from './answer.fixtures.ts';
import { segmentationObject } from './seg/segmentation-object.ts';
import { takenOver } from './taken-over.ts';

describe('what an object takes over from its source', () => {
  it('is as it was where it is valid', () => {
    const values = {
      PatientName: 'Yamada^Tarou=山田^太郎',
      PatientID: ' P/17 ',
      PatientBirthDate: '19600229',
      PatientSex: 'F',
      PatientAge: '063Y',
      StudyTime: '030405.120',
      PatientWeight: 63.5,
    };
    expect(takenOver(values)).toEqual(values);
  });

  it.each([
    [{ PatientBirthDate: '1960-02-29' }, { PatientBirthDate: '' }],
    [{ PatientBirthDate: '19601301' }, { PatientBirthDate: '' }],
    [{ StudyTime: '3:04 pm' }, { StudyTime: '' }],
    [{ PatientSex: 'female' }, { PatientSex: '' }],
    [{ PatientSex: 'X' }, { PatientSex: '' }],
    [{ PatientSex: ['M'] }, { PatientSex: ['M'] }],
    [{ PatientSex: [] }, { PatientSex: '' }],
    [{ PatientAge: '63' }, { PatientAge: '' }],
    [{ StudyDescription: 'Chest\r\nwithout contrast' }, { StudyDescription: 'Chest without contrast' }],
    [{ PatientOrientation: ['L', 'f?'] }, { PatientOrientation: ['L', ''] }],
  ])('%j becomes %j', (values, expected) => {
    expect(takenOver(values)).toEqual(expected);
  });

  it('makes a valid object of a source that is not', async () => {
    const source = {
      ...sourceOf({ kind: 'CT' }),
      patient: {
        PatientName: 'A\tB^C',
        PatientSex: 'm',
        PatientBirthDate: 'unknown',
        PatientIdentityRemoved: 'YES',
      },
      study: { StudyDate: '2024.01.02', StudyTime: '99', PatientAge: '5 years' },
    };
    expect(dciodvfyErrors(await segmentationObject(answerOn(source)))).toEqual([]);
  });
});
