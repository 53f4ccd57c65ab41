/** Colours that people with any colour vision tell apart (Okabe & Ito, 2008), sRGB. */
const PALETTE = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
] as const;

export type Colour = readonly [red: number, green: number, blue: number];

/** The colour to show a segment in: the palette, over and over. */
export function segmentColour(index: number): Colour {
  return PALETTE[index % PALETTE.length] as Colour;
}

/** A colour as DICOM's unsigned CIELab (PS3.3 C.10.7.1.1): L* 0…100 and a*, b* −128…127 as 0…65535, white D50. */
export function toCieLab(colour: Colour): [number, number, number] {
  const [r, g, b] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  // sRGB to XYZ, adapted to D50 (ICC), over the white point.
  const x = f((0.4360747 * r + 0.3850649 * g + 0.1430804 * b) / 0.9642);
  const y = f(0.2225045 * r + 0.7168786 * g + 0.0606169 * b);
  const z = f((0.0139322 * r + 0.0971045 * g + 0.7141733 * b) / 0.8249);
  const scaled = [(116 * y - 16) / 100, (500 * (x - y) + 128) / 255, (200 * (y - z) + 128) / 255];
  return scaled.map((share) => Math.round(Math.min(1, Math.max(0, share)) * 65535)) as [
    number,
    number,
    number,
  ];
}

function f(t: number): number {
  return t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29;
}
