import { isPicture } from '../layout/paths.ts';
import type { DataOptions } from '../options.ts';
import type { Source } from '../source/source.ts';
import { dicomSet, isDicomFile } from './dicom/dicom-set.ts';
import type { FileReader } from './file-reader.ts';
import { hdf5Set, isHdf5File } from './hdf5/hdf5-set.ts';
import { isNiftiFile, niftiSet } from './nifti/nifti-set.ts';
import type { VolumeSet } from './volume.ts';

/** What a dataset's files are: pictures, or volumes of one format; pictures where there is none of them. */
export type DataFormat = 'pictures' | VolumeSet['layout'];

const isNamedDicom = (path: string): boolean => /\.(dcm|dicom|ima)$/i.test(path);

/**
 * The format that most files have, by their endings: a dataset's other files are readmes and tables. Where no ending is
 * known, files without one are looked into: DICOM is often stored so.
 */
export async function formatOf(source: Pick<Source, 'files' | 'read'>): Promise<DataFormat> {
  const { files } = source;
  const kinds: readonly [DataFormat, (path: string) => boolean][] = [
    ['pictures', isPicture],
    ['nifti', isNiftiFile],
    ['hdf5', isHdf5File],
    ['dicom', isNamedDicom],
  ];
  let format: DataFormat = 'pictures';
  let most = 0;
  for (const [kind, is] of kinds) {
    const count = files.filter(is).length;
    if (count > most) [format, most] = [kind, count];
  }
  if (most > 0) return format;
  const candidate = files.find((path) => isDicomFile(path) && !/\.xml$/i.test(path));
  if (candidate === undefined) return format;
  const start = await source.read(candidate);
  return new TextDecoder().decode(start.subarray(128, 132)) === 'DICM' ? 'dicom' : format;
}

const BELONGS: Readonly<Record<DataFormat, (path: string) => boolean>> = {
  pictures: isPicture,
  nifti: isNiftiFile,
  hdf5: isHdf5File,
  dicom: isDicomFile,
};

/** Whether a file is read for this format. */
export function belongsTo(format: DataFormat, path: string): boolean {
  return BELONGS[format](path);
}

const SETS = { nifti: niftiSet, hdf5: hdf5Set, dicom: dicomSet } as const;

/** Looks at a dataset's volumes. @throws InputError where there are no images or no masks */
export function findVolumes(
  format: VolumeSet['layout'],
  files: readonly string[],
  reader: FileReader,
  options: DataOptions,
): Promise<VolumeSet> {
  return SETS[format](files, reader, options);
}
