/** Adobe's segment: version 100, no flags; the colour transform follows. */
const ADOBE = [0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0];

/**
 * A JPEG stream that says whether its three components are YCbCr. By itself it says so only with a JFIF or Adobe
 * segment, which DICOM does not ask for: there the photometric interpretation decides (PS3.5 8.2.1), and a decoder that
 * is left to guess would take any picture for YCbCr.
 */
export function withColourMarker(stream: Uint8Array, isYbr: boolean): Uint8Array {
  if (hasColourMarker(stream)) return stream;
  const marker = [...ADOBE, isYbr ? 1 : 0];
  const out = new Uint8Array(stream.length + marker.length);
  out.set(stream.subarray(0, 2));
  out.set(marker, 2);
  out.set(stream.subarray(2), 2 + marker.length);
  return out;
}

function hasColourMarker(stream: Uint8Array): boolean {
  for (let at = 2; at + 9 < stream.length && stream[at] === 0xff; ) {
    const code = stream[at + 1] as number;
    if (code === 0xda) return false;
    const text = String.fromCharCode(...stream.subarray(at + 4, at + 9));
    if ((code === 0xe0 && text === 'JFIF\0') || (code === 0xee && text === 'Adobe')) return true;
    at += 2 + (((stream[at + 2] as number) << 8) | (stream[at + 3] as number));
  }
  return false;
}
