import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import dicomParser from 'dicom-parser';
import fc from 'fast-check';
import { deflateSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { InputError } from '../errors.ts';
import { ctElements, dataSetOf, type Elements, fileOf, joined } from './encode.fixtures.ts';
import { readFile } from './read-file.ts';

const OPTIONS = { name: 'body', maxInflatedBytes: 1 << 20 };
const LITTLE = { explicit: true, littleEndian: true };

function refusal(bytes: Uint8Array): InputError {
  try {
    readFile(bytes, OPTIONS);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('was read');
}

const ELEMENTS: Elements = {
  ...ctElements(2, 3),
  PatientName: 'Yamada^Tarou',
  PixelPaddingValue: 63488,
  '00091001 LO': 'private',
  DerivationImageSequence: {
    items: [
      { SourceImageSequence: { items: [{ ReferencedSOPInstanceUID: '2.25.7' }, {}] } },
      { SourceImageSequence: { items: [] } },
    ],
  },
};

describe('encodings', () => {
  const endings = [true, false];
  const all = endings.flatMap((undefinedLengths) =>
    endings.flatMap((preamble) =>
      endings.flatMap((groupLength) => [
        { explicit: true, littleEndian: true, undefinedLengths, preamble, groupLength },
        { explicit: false, littleEndian: true, undefinedLengths, preamble, groupLength },
        { explicit: true, littleEndian: false, undefinedLengths, preamble, groupLength },
        { explicit: true, littleEndian: true, deflated: true, undefinedLengths, preamble, groupLength },
      ]),
    ),
  );

  it.each(all)('%j', (writing) => {
    const { dataSet } = readFile(fileOf(ELEMENTS, writing), OPTIONS);
    expect(dataSet.string('PatientName')).toBe('Yamada^Tarou');
    expect(dataSet.number('Rows')).toBe(2);
    expect(dataSet.numbers('PixelSpacing')).toEqual([0.7, 0.5]);
    expect(dataSet.number('PixelPaddingValue', true)).toBe(writing.explicit ? 63488 : -2048);
    expect(dataSet.bytes('PixelData')).toEqual(new Uint8Array(12));
    const [first, second] = dataSet.items('DerivationImageSequence');
    expect(
      first?.items('SourceImageSequence').map((item) => item.string('ReferencedSOPInstanceUID')),
    ).toEqual(['2.25.7', undefined]);
    expect(second?.items('SourceImageSequence')).toEqual([]);
  });

  it.each([
    ['explicit little endian', LITTLE, '1.2.840.10008.1.2.1'],
    ['implicit little endian', { explicit: false, littleEndian: true }, '1.2.840.10008.1.2'],
    ['explicit big endian', { explicit: true, littleEndian: false }, '1.2.840.10008.1.2.2'],
  ])('%s without a meta header, with preamble or not', (_, writing, syntax) => {
    for (const preamble of [true, false]) {
      const file = fileOf(ELEMENTS, { ...writing, preamble, meta: false });
      const { dataSet, transferSyntax } = readFile(file, OPTIONS);
      expect([transferSyntax.uid, dataSet.string('PatientID')]).toEqual([syntax, 'P-17']);
    }
  });

  it('a private sequence of unknown representation is implicit within explicit (PS3.5 6.2.2)', () => {
    const items = dataSetOf({ PatientID: 'inside' }, { explicit: false, littleEndian: true });
    const open = Uint8Array.of(0x09, 0, 2, 0x10, 0x55, 0x4e, 0, 0, 0xff, 0xff, 0xff, 0xff);
    const item = Uint8Array.of(0xfe, 0xff, 0, 0xe0, 0xff, 0xff, 0xff, 0xff);
    const itemEnd = Uint8Array.of(0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0);
    const end = Uint8Array.of(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0);
    const file = joined([
      fileOf({}),
      open,
      item,
      items,
      itemEnd,
      end,
      dataSetOf({ PatientID: 'outside' }, LITTLE),
    ]);
    const { dataSet } = readFile(file, OPTIONS);
    expect(dataSet.string('PatientID')).toBe('outside');
    expect(dataSet.elements.get(0x00091002)?.items?.[0]?.string('PatientID')).toBe('inside');
  });

  it('zeros at the end, and trailing padding, are passed over', () => {
    const padding = dataSetOf({ 'fffcfffc OB': new Uint8Array(6) }, LITTLE);
    const { dataSet } = readFile(joined([fileOf(ELEMENTS), padding, new Uint8Array(20)]), OPTIONS);
    expect(dataSet.string('PatientID')).toBe('P-17');
  });
});

describe('what is refused', () => {
  it('anything that is not DICOM', () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array(1000), new TextEncoder().encode('hello, world')]) {
      expect(refusal(bytes)).toMatchObject({ code: 'malformed-dicom', input: 'body' });
    }
  });

  it('a file cut off anywhere: named by the attribute, or read as far as it goes', () => {
    const file = fileOf(ELEMENTS, { undefinedLengths: true });
    const codes = new Set<string>();
    for (let length = 0; length < file.length; length++) {
      try {
        readFile(file.subarray(0, length), OPTIONS);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        codes.add((error as InputError).input);
      }
    }
    expect(codes).toContain('body, Rows (0028,0010)');
    expect(codes).toContain('body, PixelData (7fe0,0010)');
    expect(codes).toContain('body, ReferencedSOPInstanceUID (0008,1155)');
  });

  it('a transfer syntax that is not read, and lists those that are', () => {
    const error = refusal(fileOf(ELEMENTS, { syntax: '1.2.840.10008.1.2.4.100' }));
    expect(error).toMatchObject({
      code: 'unsupported-transfer-syntax',
      input: 'body, TransferSyntaxUID (0002,0010)',
    });
    expect(error.problem).toContain('1.2.840.10008.1.2.4.100');
    expect(error.remedy).toContain('1.2.840.10008.1.2.4.70 (JPEG Lossless');
  });

  it('a transfer syntax that could be anything is not repeated', () => {
    expect(refusal(fileOf(ELEMENTS, { syntax: 'Doe^Jane' })).message).not.toContain('Doe');
  });

  it('a deflate bomb, without inflating all of it', () => {
    const bomb = deflateSync(new Uint8Array(50_000_000));
    const header = fileOf({}, { syntax: '1.2.840.10008.1.2.1.99' });
    const before = process.memoryUsage().arrayBuffers;
    expect(refusal(joined([header, bomb])).code).toBe('dicom-too-large');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30_000_000);
  });

  it('a deflated data set that is damaged', () => {
    const file = fileOf(ELEMENTS, { deflated: true });
    file.fill(0xff, file.length - 40);
    expect(refusal(file).code).toBe('malformed-dicom');
  });

  it('sequences nested without end', () => {
    const deep = Uint8Array.of(8, 0, 0x15, 0x92, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff);
    const item = Uint8Array.of(0xfe, 0xff, 0, 0xe0, 0xff, 0xff, 0xff, 0xff);
    const file = joined([fileOf({}), ...Array.from({ length: 100_000 }, () => [deep, item]).flat()]);
    expect(refusal(file)).toMatchObject({ input: 'body, DerivationCodeSequence (0008,9215)' });
    expect(refusal(file).problem).toContain('nested deeper than 32');
  });

  it('more elements than memory has room for', () => {
    const elements = new Uint8Array(8 * 300_000);
    const view = new DataView(elements.buffer);
    for (let i = 0; i < 300_000; i++) {
      view.setUint16(8 * i, 0x0019 + (i >>> 16), true);
      view.setUint16(8 * i + 2, i & 0xffff, true);
    }
    const file = joined([fileOf({}, { explicit: false }), elements]);
    expect(refusal(file).code).toBe('dicom-too-large');
  });

  it('an element that stands twice', () => {
    const file = joined([fileOf({ Rows: 1 }), dataSetOf({ Rows: 2 }, LITTLE)]);
    expect(refusal(file)).toMatchObject({ code: 'malformed-dicom', input: 'body, Rows (0028,0010)' });
  });

  it('an item outside a sequence, and something else inside one', () => {
    const item = Uint8Array.of(0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0);
    expect(refusal(joined([fileOf({ Rows: 1 }), item])).code).toBe('malformed-dicom');
    const sequence = Uint8Array.of(8, 0, 0x15, 0x92, 0x53, 0x51, 0, 0, 8, 0, 0, 0);
    expect(
      refusal(joined([fileOf({}), sequence, dataSetOf({ Rows: 1 }, LITTLE).subarray(0, 8)])).problem,
    ).toBe('holds something else than items');
  });

  it('any bytes altered: either read, or an InputError', () => {
    const file = fileOf(ELEMENTS, { undefinedLengths: true });
    const change = fc.tuple(fc.nat(file.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const altered = file.slice();
        for (const [at, value] of changes) altered[at] = value;
        try {
          readFile(altered, OPTIONS);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

const folder = resolve(import.meta.dirname, '../../..', process.env.DPERSONA_DICOM ?? '../shared/dicom');
const present = existsSync(folder);
const paths = (present ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []).filter(
  (path) => path.endsWith('.dcm') && !/truncated|no_meta|nested_priv|Deflated/.test(path),
);

describe.skipIf(!present)('real files (in the folder DPERSONA_DICOM; skipped where it is absent)', () => {
  it.each(paths)('have the elements that dicom-parser finds: %s', (path) => {
    const bytes = new Uint8Array(readFileSync(resolve(folder, path)));
    const { dataSet } = readFile(bytes, { ...OPTIONS, maxInflatedBytes: 1 << 24 });
    const theirs = dicomParser.parseDicom(bytes);
    const tags = Object.keys(theirs.elements)
      .map((tag) => Number.parseInt(tag.slice(1), 16))
      .filter((tag) => tag >>> 16 !== 2 && tag !== 0xfffcfffc);
    expect([...dataSet.elements.keys()].sort((a, b) => a - b)).toEqual(tags.sort((a, b) => a - b));
    expect(dataSet.string('SOPInstanceUID')).toBe(theirs.string('x00080018'));
  });
});
