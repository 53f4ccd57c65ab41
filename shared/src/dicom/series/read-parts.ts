import { unzipSync } from 'fflate';
import { InputError } from '../../errors.ts';
import { dicomError } from '../dicom-problem.ts';

/** What a body of several instances may hold. */
export interface PartLimits {
  readonly maxParts: number;
  /** Of all parts, inflated. */
  readonly maxBytes: number;
}

/**
 * The files of a zip archive, folders left out, in the order of its directory. Sizes are taken from the directory
 * before anything is inflated, and no entry inflates to more than it says there.
 *
 * @throws InputError `malformed-dicom`, `dicom-too-large`
 */
export function unzipParts(bytes: Uint8Array, name: string, limits: PartLimits): Uint8Array[] {
  let parts = 0;
  let total = 0;
  try {
    const files = unzipSync(bytes, {
      filter({ name: entry, originalSize }) {
        if (entry.endsWith('/')) return false;
        parts++;
        total += originalSize;
        if (parts > limits.maxParts || total > limits.maxBytes) throw tooMuch(name, limits);
        return true;
      },
    });
    return Object.values(files);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const problem = 'is no zip archive that can be read';
    const remedy = 'Send a zip archive of DICOM files, stored or deflated';
    throw dicomError({ code: 'malformed-dicom', name, problem, remedy, cause });
  }
}

const CRLF = [13, 10];

/**
 * The bodies of multipart content (RFC 2046 5.1), such as multipart/related of a DICOMweb store (PS3.18 8.6.1.2), views
 * of the bytes. Headers of parts are passed over: DICOM says itself what it is.
 *
 * @throws InputError `malformed-dicom`, `dicom-too-large`
 */
export function multipartParts(
  bytes: Uint8Array,
  boundary: string,
  name: string,
  limits: PartLimits,
): Uint8Array[] {
  const broken = (problem: string) => {
    const remedy = 'Check the boundary and that nothing is cut off';
    return dicomError({ code: 'malformed-dicom', name, problem, remedy });
  };
  const delimiter = new TextEncoder().encode(`--${boundary}`);
  const parts: Uint8Array[] = [];
  let at = startsWith(bytes, delimiter, 0) ? 0 : find(bytes, Uint8Array.of(...CRLF, ...delimiter), 0);
  if (at > 0) at += 2;
  for (;;) {
    if (at < 0) throw broken('is multipart content without its last boundary');
    at += delimiter.length;
    if (bytes[at] === 0x2d && bytes[at + 1] === 0x2d) return parts;
    const headersEnd = find(bytes, Uint8Array.of(...CRLF, ...CRLF), at);
    const next = find(bytes, Uint8Array.of(...CRLF, ...delimiter), at);
    // A part without headers begins with an empty line.
    if (headersEnd < 0 || next < headersEnd + 2)
      throw broken('is multipart content with a part without a body');
    if (parts.length === limits.maxParts) throw tooMuch(name, limits);
    parts.push(bytes.subarray(Math.min(headersEnd + 4, next), next));
    at = next + 2;
  }
}

/** Where a sequence of bytes next stands; -1 for nowhere. */
function find(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  for (
    let at = bytes.indexOf(wanted[0] as number, from);
    at >= 0;
    at = bytes.indexOf(wanted[0] as number, at + 1)
  ) {
    if (startsWith(bytes, wanted, at)) return at;
  }
  return -1;
}

function startsWith(bytes: Uint8Array, wanted: Uint8Array, at: number): boolean {
  return wanted.every((byte, i) => bytes[at + i] === byte);
}

function tooMuch(name: string, { maxParts, maxBytes }: PartLimits): InputError {
  const problem = `holds more than ${maxParts} files, or more than ${maxBytes} bytes of them`;
  return dicomError({ code: 'dicom-too-large', name, problem, remedy: 'Send the slices that matter' });
}
