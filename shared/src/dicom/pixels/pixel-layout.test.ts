import { describe, expect, it } from 'vitest';
import { ctElements, type Elements, fileOf } from '../encode.fixtures.ts';
import { readFile } from '../read-file.ts';
import { readPixelLayout } from './pixel-layout.ts';

const LIMITS = { maxPixels: 1000, maxFrames: 4 };

function layoutOf(changes: Elements) {
  const { dataSet } = readFile(fileOf(ctElements(20, 30, changes)), { name: 'body', maxInflatedBytes: 0 });
  return readPixelLayout(dataSet, LIMITS);
}

describe('the image pixel module', () => {
  it('is read', () => {
    expect(layoutOf({ BitsStored: 12, HighBit: 11, PixelRepresentation: 0 })).toEqual({
      rows: 20,
      columns: 30,
      frames: 1,
      samples: 1,
      photometric: 'MONOCHROME2',
      bitsAllocated: 16,
      bitsStored: 12,
      highBit: 11,
      signed: false,
      planar: false,
    });
  });

  it('may leave out what has a default', () => {
    const layout = layoutOf({ BitsStored: undefined, HighBit: undefined, PixelRepresentation: undefined });
    expect(layout).toMatchObject({ bitsStored: 16, highBit: 15, signed: false });
  });

  it.each([
    ['Rows (0028,0010)', 'malformed-dicom', { Rows: undefined }],
    ['Columns (0028,0011)', 'malformed-dicom', { Columns: 0 }],
    ['Rows (0028,0010)', 'dicom-too-large', { Rows: 65535, Columns: 65535 }],
    ['NumberOfFrames (0028,0008)', 'dicom-too-large', { NumberOfFrames: '2000000000' }],
    ['NumberOfFrames (0028,0008)', 'malformed-dicom', { NumberOfFrames: '0' }],
    ['NumberOfFrames (0028,0008)', 'malformed-dicom', { NumberOfFrames: 'many' }],
    ['PhotometricInterpretation (0028,0004)', 'malformed-dicom', { PhotometricInterpretation: undefined }],
    ['PhotometricInterpretation (0028,0004)', 'unusable-dicom', { PhotometricInterpretation: 'CMYK' }],
    ['SamplesPerPixel (0028,0002)', 'malformed-dicom', { SamplesPerPixel: 3 }],
    ['SamplesPerPixel (0028,0002)', 'malformed-dicom', { PhotometricInterpretation: 'RGB' }],
    ['BitsAllocated (0028,0100)', 'unusable-dicom', { BitsAllocated: 32 }],
    ['BitsAllocated (0028,0100)', 'unusable-dicom', { BitsAllocated: 1 }],
    ['BitsStored (0028,0101)', 'malformed-dicom', { BitsStored: 17 }],
    ['HighBit (0028,0102)', 'malformed-dicom', { HighBit: 3 }],
    ['PixelData (7fe0,0010)', 'unusable-dicom', { PixelData: undefined }],
    ['FloatPixelData (7fe0,0008)', 'unusable-dicom', { FloatPixelData: new Uint8Array(4) }],
    ['SOPClassUID (0008,0016)', 'unusable-dicom', { Modality: 'SEG' }],
  ])('names %s: %s', (attribute, code, changes) => {
    expect(() => layoutOf(changes)).toThrow(expect.objectContaining({ code, input: `body, ${attribute}` }));
  });
});
