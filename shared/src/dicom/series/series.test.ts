import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { ctElements, type Elements, fileOf, joined } from '../encode.fixtures.ts';
import { readObject } from '../read-image.ts';
import { arrangeSeries } from './arrange-series.ts';
import { multipartParts, unzipParts } from './read-parts.ts';

const LIMITS = { maxPixels: 100, maxFrames: 50, maxInflatedBytes: 0, minSide: 1 };
const PARTS = { maxParts: 5, maxBytes: 10_000 };

/** A slice at a place, millimetres along z. */
function sliceAt(z: number, changes: Elements = {}, id = `2.25.${1000 + Math.round(10 * z)}`) {
  const placed = { SOPInstanceUID: id, ImagePositionPatient: `-10\\20\\${z}` };
  return readObject(fileOf(ctElements(2, 2, { ...placed, ...changes })), 'body', LIMITS);
}

describe('a series', () => {
  it('is ordered by position, not as it was sent', () => {
    const { slices, positions, warnings, source } = arrangeSeries([30, 10, 20].map((z) => sliceAt(z)));
    expect(slices.map(({ sent }) => sent)).toEqual([1, 2, 0]);
    expect(positions).toEqual([0, 10, 20]);
    expect(warnings).toEqual([]);
    expect(source.frames.map(({ imagePositionPatient }) => imagePositionPatient?.[2])).toEqual([10, 20, 30]);
  });

  it('is ordered along the normal, wherever that points', () => {
    const flipped = { ImageOrientationPatient: '1\\0\\0\\0\\-1\\0' }; // the normal points to the feet
    const { slices, positions } = arrangeSeries([30, 10, 20].map((z) => sliceAt(z, flipped)));
    expect(slices.map(({ sent }) => sent)).toEqual([0, 2, 1]);
    expect(positions).toEqual([0, 10, 20]);
  });

  it('may be the frames of one image', () => {
    const at = (z: number) => ({
      PlanePositionSequence: { items: [{ ImagePositionPatient: `0\\0\\${z}` }] },
    });
    const frames = {
      NumberOfFrames: '3',
      PixelData: new Uint8Array(24),
      PerFrameFunctionalGroupsSequence: { items: [at(4), at(2), at(0)] },
    };
    const { slices, source } = arrangeSeries([sliceAt(0, frames)]);
    expect(slices.map(({ number }) => number)).toEqual([3, 2, 1]);
    expect(source).toMatchObject({ multiFrame: true, frames: [{ frameNumber: 3 }, {}, {}] });
  });

  it('tells gaps, and passes over rounding', () => {
    expect(arrangeSeries([0, 2.5, 5, 10].map((z) => sliceAt(z))).warnings).toEqual(['gap']);
    expect(arrangeSeries([0, 2.5, 5.01, 7.5].map((z) => sliceAt(z))).warnings).toEqual([]);
    expect(arrangeSeries([0, 7].map((z) => sliceAt(z))).warnings).toEqual([]);
  });

  it('uses an instance that came twice once', () => {
    const { slices, warnings } = arrangeSeries([sliceAt(0), sliceAt(5), sliceAt(0), sliceAt(10)]);
    expect([slices.map(({ sent }) => sent), warnings]).toEqual([[0, 1, 3], ['duplicate-instance']]);
  });

  it('without positions is in the order of its numbers', () => {
    const numbered = (InstanceNumber: string) =>
      sliceAt(0, { ImagePositionPatient: undefined, InstanceNumber }, `2.25.9${InstanceNumber}`);
    const { slices, positions, warnings } = arrangeSeries(['10', '9', '2'].map(numbered));
    expect([slices.map(({ sent }) => sent), positions, warnings]).toEqual([[2, 1, 0], null, ['no-position']]);
  });

  it.each([
    ['StudyInstanceUID (0020,000d)', { StudyInstanceUID: '2.25.99' }],
    ['SeriesInstanceUID (0020,000e)', { SeriesInstanceUID: '2.25.99' }],
    ['FrameOfReferenceUID (0020,0052)', { FrameOfReferenceUID: '2.25.99' }],
    ['Modality (0008,0060)', { Modality: 'MR' }],
    ['Columns (0028,0011)', { Columns: 3, PixelData: new Uint8Array(12) }],
    ['ImageOrientationPatient (0020,0037)', { ImageOrientationPatient: '1\\0\\0\\0\\0\\-1' }],
    ['PixelSpacing (0028,0030)', { PixelSpacing: '0.7\\0.6' }],
  ])('that is mixed names %s', (attribute, changes) => {
    expect(() => arrangeSeries([sliceAt(0), sliceAt(5, changes), sliceAt(10)])).toThrow(
      expect.objectContaining({ code: 'mixed-series', input: `series, ${attribute}` }),
    );
  });

  it('with two images at one place is refused, and one without an image', () => {
    expect(() => arrangeSeries([sliceAt(0), sliceAt(5), sliceAt(5, {}, '2.25.77')])).toThrow(
      expect.objectContaining({ code: 'same-position' }),
    );
    expect(() => arrangeSeries([])).toThrow(expect.objectContaining({ code: 'empty-series' }));
  });
});

describe('parts of a body', () => {
  const texts = (parts: readonly Uint8Array[]) => parts.map((part) => new TextDecoder().decode(part));
  const text = (content: string) => new TextEncoder().encode(content);
  const code = (of: string) => expect.objectContaining({ code: of });

  it('are the files of a zip archive', () => {
    const archive = zipSync({
      'a/one.dcm': text('one'),
      'a/': new Uint8Array(0),
      two: [text('two'), { level: 0 }],
    });
    expect(texts(unzipParts(archive, 'body', PARTS))).toEqual(['one', 'two']);
  });

  it('of an archive are limited in number and size, before they are inflated', () => {
    const many = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`${i}`, text('x')]));
    expect(() => unzipParts(zipSync(many), 'body', PARTS)).toThrow(code('dicom-too-large'));
    const bomb = zipSync({ bomb: new Uint8Array(10_000_000) });
    expect(bomb.length).toBeLessThan(20_000);
    expect(() => unzipParts(bomb, 'body', PARTS)).toThrow(code('dicom-too-large'));
  });

  it('of an archive that lies about sizes are refused', () => {
    const archive = zipSync({ liar: new Uint8Array(100_000) });
    const view = new DataView(archive.buffer);
    for (let at = 0; at + 4 < archive.length; at++) {
      const signature = view.getUint32(at, true);
      if (signature === 0x02014b50) view.setUint32(at + 24, 10, true);
      if (signature === 0x04034b50) view.setUint32(at + 22, 10, true);
    }
    const read = () => unzipParts(archive, 'body', PARTS).reduce((sum, part) => sum + part.length, 0);
    let bytes = 0;
    try {
      bytes = read();
    } catch (error) {
      expect(error).toMatchObject({ code: 'malformed-dicom' });
    }
    expect(bytes).toBeLessThanOrEqual(PARTS.maxBytes);
  });

  it('that are no archive are refused', () => {
    for (const bytes of [
      new Uint8Array(0),
      new Uint8Array(500),
      zipSync({ a: text('aaa') }).subarray(0, 60),
    ]) {
      expect(() => unzipParts(bytes, 'body', PARTS)).toThrow(code('malformed-dicom'));
    }
  });

  const related = (...parts: string[]) =>
    text(`preamble\r\n${parts.map((part) => `--b7\r\n${part}`).join('\r\n')}\r\n--b7--\r\n`);

  it('are those of multipart content, whatever they hold', () => {
    const body = related('Content-Type: application/dicom\r\n\r\none', '\r\ntwo\r\n\r\n--b', 'a: b\r\n\r\n');
    expect(texts(multipartParts(body, 'b7', 'body', PARTS))).toEqual(['one', 'two\r\n\r\n--b', '']);
    expect(texts(multipartParts(body.subarray(10), 'b7', 'body', PARTS))).toHaveLength(3);
  });

  it('of multipart content are limited, and need their boundaries', () => {
    const six = related(...Array.from({ length: 6 }, () => '\r\nx'));
    expect(() => multipartParts(six, 'b7', 'body', PARTS)).toThrow(code('dicom-too-large'));
    const whole = related('\r\none', '\r\ntwo');
    for (const body of [whole.subarray(0, -6), whole.subarray(0, 18), text('nothing'), joined([])]) {
      expect(() => multipartParts(body, 'b7', 'body', PARTS)).toThrow(code('malformed-dicom'));
    }
  });
});
